using System.Runtime;
using System.Runtime.CompilerServices;
using Lamina.Core;

namespace Lamina.Boot;

/// <summary>
/// The memory that a VM's objects are made in, and that is given back whole with it. While one is entered all objects are made in it, and allocation is allowed
/// even if the loop runs. References from outside into it: <see cref="ServiceVm.Detach"/> has the list.
/// </summary>
internal sealed unsafe class VmArena(HostMemory memory)
{
    // What a VM with the standard devices takes, as measured (docs/architecture.md, "As built"), twice over.
    private const int FixedPages = 48;
    private const int PagesPerDevice = 32;

    private static bool s_trapsOutside;

    private HostPages _pages;
    // Next free byte and end, as the corelib keeps them; it is entered in place, so it lies in the arena's own first bytes.
    private Range* _range;

    private struct Range
    {
        public byte* Next;
        public byte* End;
    }

    /// <summary>Bytes that its objects take.</summary>
    public ulong UsedBytes => _range == null ? 0 : (ulong)(_range->Next - _pages.Virtual);

    /// <summary>Bytes that it has.</summary>
    public ulong Size => (ulong)_pages.Count * HostPages.PageSize;

    /// <summary>From now on allocation outside of any arena is a fault: the loop runs.</summary>
    public static void TrapOutside(bool trap)
    {
        s_trapsOutside = trap;
        Trap(trap);
    }

    /// <summary>Takes memory for a VM. False when there is not enough.</summary>
    public bool TryAllocate(in VmDescription vm)
    {
        return TryAllocate(FixedPages + PagesPerDevice * (vm.VcpuCount - 1 + vm.DiskCount + vm.InterfaceCount));
    }

    /// <summary>Takes so many pages. False when there are not enough.</summary>
    public bool TryAllocate(int pages)
    {
        if (!memory.TryAllocatePages(pages, out _pages)) return false;
        _range = (Range*)_pages.Virtual;
        _range->Next = _pages.Virtual + sizeof(Range);
        _range->End = _pages.Virtual + Size;
        return true;
    }

    /// <summary>Objects are made here until <see cref="Leave"/>.</summary>
    public void Enter()
    {
        EnterArena(_range);
        Trap(false);
    }

    /// <summary>Objects are made in the boot arena again, if at all. Also when none was entered, as after a fault.</summary>
    public static void Leave()
    {
        EnterArena(null);
        Trap(s_trapsOutside);
    }

    /// <summary>Gives the memory back: no object in it may be used again.</summary>
    public void Free()
    {
        if (_range == null) return;
        _range = null;
        memory.FreePages(_pages);
        _pages = default;
    }

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "ArenaEnter")]
    private static extern Range* EnterArena(Range* arena);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "ArenaTrap")]
    private static extern void Trap(bool trap);
}
