using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Lamina.Core;

namespace Lamina.Host;

/// <summary>
/// Single privileged instructions: the seam between C# and Cpu.asm. Only the hypervisor's image can call these; in host tests
/// nothing behind this seam runs.
/// </summary>
public static unsafe class Instructions
{
    /// <summary>IN: a byte from an I/O port.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostIn8")]
    public static extern byte ReadPort8(ushort port);

    /// <summary>IN: 16 bits from an I/O port.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostIn16")]
    public static extern ushort ReadPort16(ushort port);

    /// <summary>IN: 32 bits from an I/O port.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostIn32")]
    public static extern uint ReadPort32(ushort port);

    /// <summary>OUT: a byte to an I/O port.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostOut8")]
    public static extern void WritePort8(ushort port, byte value);

    /// <summary>REP OUTSB: bytes to an I/O port, one after the other.</summary>
    public static void WritePort8(ushort port, ReadOnlySpan<byte> values)
    {
        // Nothing moves here: there is no collector.
        WritePort8(port, ref MemoryMarshal.GetReference(values), (nuint)values.Length);
    }

    /// <summary>OUT: 16 bits to an I/O port.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostOut16")]
    public static extern void WritePort16(ushort port, ushort value);

    /// <summary>OUT: 32 bits to an I/O port.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostOut32")]
    public static extern void WritePort32(ushort port, uint value);

    /// <summary>RDMSR of a register that is known to exist: the panic is reached where it is not.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostReadMsr")]
    public static extern ulong ReadMsr(uint index);

    /// <summary>WRMSR of a value that is known to be allowed.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostWriteMsr")]
    public static extern void WriteMsr(uint index, ulong value);

    /// <summary>RDMSR; false, and zero, when it raises #GP.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostTryReadMsr")]
    public static extern bool TryReadMsr(uint index, out ulong value);

    /// <summary>WRMSR; false when it raises #GP.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostTryWriteMsr")]
    public static extern bool TryWriteMsr(uint index, ulong value);

    /// <summary>Writes CR0.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostWriteCr0")]
    public static extern void WriteCr0(ulong value);

    /// <summary>Reads CR2: the address of the last page fault.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostReadCr2")]
    public static extern ulong ReadCr2();

    /// <summary>Reads CR3: HPA of the root table, and flags.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostReadCr3")]
    public static extern ulong ReadCr3();

    /// <summary>Writes CR3, which drops all translations that are not global.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostWriteCr3")]
    public static extern void WriteCr3(ulong value);

    /// <summary>Reads CR4.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostReadCr4")]
    public static extern ulong ReadCr4();

    /// <summary>Writes CR4.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostWriteCr4")]
    public static extern void WriteCr4(ulong value);

    /// <summary>LIDT.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostLoadIdt")]
    public static extern void LoadInterruptTable(DescriptorTablePointer* table);

    /// <summary>LGDT, then all segment registers and TR from it; FS and GS are null.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostLoadGdt")]
    public static extern void LoadSegments(DescriptorTablePointer* table, ushort code, ushort data, ushort task);

    /// <summary>CPUID.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostCpuId")]
    public static extern void CpuId(uint leaf, uint subleaf, CpuidResult* result);

    /// <summary>RDTSC, not ordered with what is around it.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostReadTimestamp")]
    public static extern ulong ReadTimestamp();

    /// <summary>RDSEED, where CPUID shows it; false, and zero, when the generator has nothing at the moment.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostTryReadSeed")]
    public static extern bool TryReadSeed(out ulong value);

    /// <summary>RDRAND, where CPUID shows it; false, and zero, when the generator has nothing at the moment.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostTryReadRandom")]
    public static extern bool TryReadRandom(out ulong value);

    /// <summary>STI and CLI: takes the interrupts that are pending.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostTakeInterrupts")]
    public static extern void TakeInterrupts();

    /// <summary>CLI.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostDisableInterrupts")]
    public static extern void DisableInterrupts();

    /// <summary>STI and HLT as one: waits for an interrupt, takes it, and returns with interrupts off.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostWaitForInterrupt")]
    public static extern void WaitForInterrupt();

    /// <summary>Stops this CPU for good.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostHalt")]
    public static extern void Halt();

    /// <summary>PAUSE: a hint that this is a spin loop.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostPause")]
    public static extern void Pause();

    /// <summary>MFENCE and LFENCE: what was written before is seen by all, and what was read is there, before anything behind it is done, a WRMSR that does not serialise and RDTSC included.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostFenceMemory")]
    public static extern void FenceMemory();

    /// <summary>UD2: raises #UD here, which ends in the panic.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostUndefined")]
    public static extern void RaiseUndefined();

    /// <summary>HVA of the first entry of the fix-up table.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostFixupsBegin")]
    public static extern byte* FixupsBegin();

    /// <summary>HVA behind the last entry of the fix-up table.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostFixupsEnd")]
    public static extern byte* FixupsEnd();

    /// <summary>The first entry of <see cref="FatalCode"/>'s table.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostFatalBegin")]
    public static extern byte* FatalBegin();

    /// <summary>The end of <see cref="FatalCode"/>'s table.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostFatalEnd")]
    public static extern byte* FatalEnd();

    /// <summary>HVA of the entry for vector 0; the others follow, 16 bytes apart.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostInterruptEntries")]
    public static extern byte* InterruptEntries();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HostOutString8")]
    private static extern void WritePort8(ushort port, ref byte values, nuint count);
}
