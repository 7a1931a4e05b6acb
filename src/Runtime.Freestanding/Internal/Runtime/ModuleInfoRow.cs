namespace Internal.Runtime;

/// <summary>One line of the list behind a <see cref="ReadyToRunHeader"/>.</summary>
internal unsafe struct ModuleInfoRow
{
    internal int Section;
    internal int Flags;
    internal void* Start;
    internal void* End;
}
