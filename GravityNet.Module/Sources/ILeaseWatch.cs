namespace GravityNet.Sources;

/// <summary>A store that tells changes of flannel's leases as they happen.</summary>
public interface ILeaseWatch
{
    /// <summary>
    /// Tells the state of each home, and then every change, until it is cancelled. A connection that ends is made again. It returns by itself only
    /// where each of the homes has <see cref="LeaseStoreEventKind.Ended"/>, is <see cref="LeaseStoreEventKind.NotServed"/>, or is none of this store's.
    /// </summary>
    /// <param name="homes">The homes to watch, of those that the store has; the others are passed over.</param>
    /// <param name="tell">Called with one event after the other for each home, from any thread.</param>
    /// <param name="cancel">Ends it; nothing stays open.</param>
    Task WatchLeasesAsync(IReadOnlyCollection<LeaseSource> homes, Action<LeaseStoreEvent> tell, CancellationToken cancel);
}

/// <summary>What a watched home tells.</summary>
public enum LeaseStoreEventKind
{
    /// <summary>All that the home holds now: a fact's text. What was known of the home before it is replaced.</summary>
    Listed,

    /// <summary>The home answers again, and its history reaches back to the last event: what was missed follows, one by one.</summary>
    Resumed,

    /// <summary>A key has a value: the fact's text with this key alone.</summary>
    Set,

    /// <summary>A key was deleted.</summary>
    Deleted,

    /// <summary>A key ended by its time to live.</summary>
    Expired,

    /// <summary>The home does not answer, or does no more: the text says why. It is tried again.</summary>
    Lost,

    /// <summary>The store has no such home at all: the text says why. It is not tried again.</summary>
    NotServed,

    /// <summary>The home cannot be watched: the text says why. It is not tried again.</summary>
    Ended,
}

/// <summary>One event of a watched home.</summary>
/// <param name="Home">The home.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Key">The key in etcd or <c>node/NAME</c>; empty for the whole home.</param>
/// <param name="Text">A fact's text (<c>etcd-v2</c>, <c>etcd-v3</c> or <c>kube-nodes</c>), or the reason.</param>
public sealed record LeaseStoreEvent(LeaseSource Home, LeaseStoreEventKind Kind, string Key, string Text);
