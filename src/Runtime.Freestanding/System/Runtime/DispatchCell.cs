using Internal.Runtime;

namespace System.Runtime;

/// <summary>
/// What the compiler makes for an interface call site: the stub to call, and the interface, as a 32-bit self-relative pointer with
/// 3 in the low bits. Cells of one slot lie behind one another; the first word of 0 ends them, and the word behind it is the slot.
/// </summary>
internal unsafe struct DispatchCell
{
    private const nint KindMask = 3;

    private nint _stub;
    private nint _cache;

    /// <summary>The interface called.</summary>
    internal readonly MethodTable* InterfaceType
    {
        get
        {
            fixed (nint* cache = &_cache)
            {
                return (MethodTable*)((nint)MethodTable.Follow((int*)cache) & ~KindMask);
            }
        }
    }

    /// <summary>The method of it.</summary>
    internal readonly ushort Slot
    {
        get
        {
            fixed (DispatchCell* self = &this)
            {
                DispatchCell* cell = self;
                while (cell->_stub != 0)
                {
                    cell++;
                }

                return (ushort)cell->_cache;
            }
        }
    }
}
