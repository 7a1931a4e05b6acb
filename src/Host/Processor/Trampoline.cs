using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Threading;
using Lamina.Core;

namespace Lamina.Host;

/// <summary>
/// The pages below 1 MiB in which another CPU comes up: the code of <c>ProcessorStart.asm</c>, and page tables that map these pages to themselves and the upper half as the host's do.
/// </summary>
public sealed unsafe class Trampoline
{
    internal const int Pages = 4;
    private const int RootPage = 1, PointerPage = 2, DirectoryPage = 3;
    private const ushort JumpToItself = 0xFEEB;
    private const int EntriesPerTable = 512;
    private const int FirstHostEntry = EntriesPerTable / 2;

    // Page-table entries (AMD APM vol. 2, 5.3.3): present and writable; of 2 MiB.
    private const ulong Table = 0b11;
    private const ulong LargePage = Table | (1 << 7);

    private readonly ulong _address;
    private readonly byte* _code;
    private readonly int _block;

    private Trampoline(ulong address, byte* code, int block)
    {
        _address = address;
        _code = code;
        _block = block;
    }

    /// <summary>The number of its page, as a start-up message has it.</summary>
    public byte Page => (byte)(_address / MemoryPlan.PageSize);

    private ref TrampolineBlock Block => ref *(TrampolineBlock*)(_code + _block);

    /// <summary>Makes it, in free memory of the boot map below 1 MiB.</summary>
    /// <returns>Null when there is none.</returns>
    public static Trampoline? TryCreate(MemoryMap map, HypervisorMemory memory, HostAddressSpace space, MiscEnable firmwareLimits)
    {
        ulong address = FindPages(map);
        if (address == 0 || !space.TryMapMemory(address, Pages * MemoryPlan.PageSize, out byte* pages))
            return null;

        byte* source = Source();
        var code = new ReadOnlySpan<byte>(source, (int)(SourceEnd() - source));
        new Span<byte>(pages, Pages * (int)MemoryPlan.PageSize).Clear();
        code.CopyTo(new Span<byte>(pages, code.Length));
        var trampoline = new Trampoline(address, pages, (int)(SourceBlock() - source));
        ref TrampolineBlock block = ref trampoline.Block;
        *(uint*)(pages + block.SegmentTableBase) += (uint)address;
        block.LongMode += (uint)address;
        block.Root = (uint)(address + (RootPage * MemoryPlan.PageSize));
        block.HostRoot = space.Root;
        block.Limits = firmwareLimits;

        ulong* root = (ulong*)(pages + (RootPage * MemoryPlan.PageSize));
        ulong* pointers = (ulong*)(pages + (PointerPage * MemoryPlan.PageSize));
        ulong* directory = (ulong*)(pages + (DirectoryPage * MemoryPlan.PageSize));
        root[0] = (address + (PointerPage * MemoryPlan.PageSize)) | Table;
        pointers[0] = (address + (DirectoryPage * MemoryPlan.PageSize)) | Table;
        directory[0] = LargePage;
        ulong* host = (ulong*)memory.VirtualOf(space.Root);
        for (int i = FirstHostEntry; i < EntriesPerTable; i++)
            root[i] = host[i];
        return trampoline;
    }

    /// <summary>For the tests: whether whoever comes next goes nowhere. (In QEMU 7.2 a start-up message ends HLT, though nothing waits for one.)</summary>
    public void Deafen(bool isDeaf) => *(ushort*)_code = isDeaf ? JumpToItself : *(ushort*)Source();

    /// <summary>Gives the CPU that comes next its stack: the HVA behind its last byte.</summary>
    public void SetStack(ulong top)
    {
        Block.Stack = top;
        Interlocked.MemoryBarrier();
    }

    /// <summary>HPA of the highest pages that are free, 0 for none. The lowest has the BIOS' own data, whatever the map says.</summary>
    internal static ulong FindPages(MemoryMap map)
    {
        const ulong length = Pages * MemoryPlan.PageSize;
        ulong found = 0;
        for (int i = 0; i < map.Count; i++)
        {
            MemoryRange range = map[i];
            ulong end = Math.Min(range.End, MemoryPlan.LowMemoryEnd);
            if (range.Kind is MemoryKind.Usable or MemoryKind.BootReclaimable && end > length && end - length >= Math.Max(range.Base, MemoryPlan.PageSize))
                found = Math.Max(found, end - length);
        }

        return found;
    }

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostTrampoline")]
    private static extern byte* Source();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostTrampolineEnd")]
    private static extern byte* SourceEnd();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostTrampolineBlock")]
    private static extern byte* SourceBlock();
}
