namespace Internal.Runtime;

/// <summary>Heads the list of a module's data that the compiler made for the runtime.</summary>
internal struct ReadyToRunHeader
{
    internal uint Signature;
    internal ushort MajorVersion;
    internal ushort MinorVersion;
    internal uint Flags;
    internal ushort SectionCount;
    internal byte EntrySize;
    internal byte EntryType;
}
