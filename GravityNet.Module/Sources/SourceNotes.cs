namespace GravityNet.Sources;

/// <summary>
/// Where a source tells what it did beside answering, such as connecting anew. What asks says who listens; it holds for all that it awaits.
/// </summary>
public static class SourceNotes
{
    private static readonly AsyncLocal<Action<string>?> Listener = new();

    /// <summary>Sets who hears the notes of what is called from here on.</summary>
    public static void Listen(Action<string> listener) => Listener.Value = listener;

    /// <summary>Tells a note.</summary>
    public static void Tell(string note) => Listener.Value?.Invoke(note);
}
