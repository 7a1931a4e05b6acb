namespace Lamina.Ept;

/// <summary>
/// The identifiers of one physical CPU. Each vCPU gets one that no other has; when all are used up, all translations are flushed and they are given out anew.
/// Only that CPU touches it.
/// </summary>
/// <param name="count">How many there are, the host's 0 included: 2 at least.</param>
public sealed class AddressSpaceIdentifiers(uint count)
{
    private const uint First = 1;

    private readonly uint _count = count;
    private uint _next = First;
    private uint _generation;

    /// <summary>Whether an identifier is of this CPU, and still its vCPU's own.</summary>
    public bool IsCurrent(in AddressSpaceIdentifier identifier) => identifier.Owner == this && identifier.Generation == _generation;

    /// <summary>Gives out the next. With <paramref name="flush"/> set, no translation of any guest may stay at the next entry on this CPU.</summary>
    public AddressSpaceIdentifier Assign(out bool flush)
    {
        // What ran here before this hypervisor may have left translations under any of them: the very first is flushed for as well.
        flush = _next >= _count || (_generation == 0 && _next == First);
        if (_next >= _count)
        {
            _next = First;
            _generation++;
        }
        return new AddressSpaceIdentifier(this, _generation, _next++);
    }
}
