namespace GravityNet.Text;

/// <summary>
/// The tables that counters of links are printed as.
/// </summary>
internal enum StatisticsTable
{
    /// <summary>iproute2 from 5.13 (2021): columns as wide as their numbers, numbers at the right.</summary>
    Sized,

    /// <summary>iproute2 from 5.10 (2020): fixed columns, numbers at the left, missed packets in the first rows.</summary>
    Fixed,

    /// <summary>iproute2 before: the same, with overruns in the first rows and missed packets among the errors.</summary>
    FixedOverruns,

    /// <summary>A row of /proc/net/dev.</summary>
    Proc,
}
