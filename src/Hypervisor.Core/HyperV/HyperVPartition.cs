using System;
using System.Runtime.InteropServices;

namespace Lamina.Core;

/// <summary>
/// The least of Hyper-V's interface that makes a VM say "Hv#1": the guest's identity, a hypercall page whose every call is refused, vCPU numbers,
/// the reference time by MSR and by page (TLFS 6.0b, chapters 2, 3, 7 and 12). Windows takes its time from it.
/// <para>Not there: synthetic interrupts and timers, and any hypercall.</para>
/// </summary>
public sealed class HyperVPartition
{
    private const ulong Enable = 1, Locked = 2, PageMask = ~0xFFFUL;
    private const ulong PageLength = 4096;
    private const ulong UnitsPerSecond = 10_000_000;
    /// <summary>HV_STATUS_INVALID_HYPERCALL_CODE.</summary>
    private const ulong InvalidHypercall = 2;

    /// <summary>HV_REFERENCE_TSC_PAGE: time = (TSC × scale >> 64) + offset, in units of 100 ns.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    internal struct ReferenceTscPage
    {
        /// <summary>0 says that the page is not to be used.</summary>
        public uint Sequence;
        public uint Reserved;
        public ulong Scale;
        public ulong Offset;
    }

    private ulong _guestOsId;
    private ulong _hypercall;
    private ulong _referenceTsc;

    /// <summary>VMMCALL; RET.</summary>
    private static ReadOnlySpan<byte> HypercallCodeAmd => [0x0F, 0x01, 0xD9, 0xC3];
    /// <summary>VMCALL; RET.</summary>
    private static ReadOnlySpan<byte> HypercallCodeIntel => [0x0F, 0x01, 0xC1, 0xC3];

    /// <summary>As when the VM starts.</summary>
    public void Reset()
    {
        _guestOsId = 0;
        _hypercall = 0;
        _referenceTsc = 0;
    }

    /// <summary>Whether the guest makes its hypercalls by Hyper-V's convention: it said who it is and switched them on.</summary>
    public bool HypercallsEnabled => (_hypercall & Enable) != 0;

    /// <summary>Carries out a hypercall of a vCPU in kernel mode: refuses it. The result's lower 16 bits are the status.</summary>
    public static void Execute(VirtualCpu vcpu)
    {
        ref var registers = ref vcpu.State.Registers;
        registers.Rax = InvalidHypercall;
        // 32-bit guests take the result in EDX:EAX.
        if (!vcpu.State.Is64Bit) registers.Rdx = 0;
    }

    /// <summary>Reads a synthetic MSR. False when it is none.</summary>
    public bool TryRead(VirtualCpu vcpu, uint msr, out ulong value)
    {
        var clock = vcpu.Machine.Clock;
        switch ((HyperVMsr)msr)
        {
            case HyperVMsr.GuestOsId: value = _guestOsId; return true;
            case HyperVMsr.Hypercall: value = _hypercall; return true;
            case HyperVMsr.VpIndex: value = (ulong)vcpu.Index; return true;
            case HyperVMsr.TimeReferenceCount: value = clock.ToPeriods(clock.Now, UnitsPerSecond); return true;
            case HyperVMsr.ReferenceTsc: value = _referenceTsc; return true;
            case HyperVMsr.TscFrequency: value = clock.Frequency; return true;
            case HyperVMsr.ApicFrequency: value = clock.Frequency / LocalApicTimer.TscTicksPerBusClock; return true;
            default:
                value = 0;
                return false;
        }
    }

    /// <summary>Writes a synthetic MSR. False when it is none or read-only, or where its page is not RAM.</summary>
    public bool TryWrite(VirtualCpu vcpu, uint msr, ulong value)
    {
        switch ((HyperVMsr)msr)
        {
            case HyperVMsr.GuestOsId:
                _guestOsId = value;
                // Who takes its identity back has no hypercalls.
                if (value == 0) _hypercall &= ~Enable;
                return true;
            case HyperVMsr.Hypercall: return TryWriteHypercall(vcpu.Machine, value);
            case HyperVMsr.ReferenceTsc: return TryWriteReferenceTsc(vcpu, value);
            default: return false;
        }
    }

    /// <summary>The page is the guest's own RAM, written once, rather than laid over it: what was there is lost when it is switched off again.</summary>
    private bool TryWriteHypercall(VirtualMachine machine, ulong value)
    {
        // Before the guest has said who it is, the page cannot be switched on; once locked, the MSR is as it is.
        if (_guestOsId == 0 || (_hypercall & Locked) != 0) return true;
        if ((value & Enable) != 0)
        {
            var code = machine.Cpuid.IsAmd ? HypercallCodeAmd : HypercallCodeIntel;
            if (!machine.Memory.TryClear(value & PageMask, PageLength) || !machine.Memory.TryWrite(value & PageMask, code)) return false;
        }
        _hypercall = value;
        return true;
    }

    private bool TryWriteReferenceTsc(VirtualCpu vcpu, ulong value)
    {
        if ((value & Enable) != 0)
        {
            var machine = vcpu.Machine;
            ulong scale = Scale(machine.Clock.Frequency);
            // A TSC that the guest itself has set is ahead of the VM's time.
            ulong ahead = vcpu.State.TscOffset - machine.Clock.Offset;
            var page = new ReferenceTscPage { Sequence = 1, Scale = scale, Offset = 0 - Math.BigMul(ahead, scale, out _) };
            if (!machine.Memory.TryClear(value & PageMask, PageLength) || !machine.Memory.TryWrite(value & PageMask, page)) return false;
        }
        _referenceTsc = value;
        return true;
    }

    /// <summary>10^7 × 2^64 / <paramref name="frequency"/>, rounded down: a long division in four steps of 16 bits, as the rates are below 2^35 Hz.</summary>
    internal static ulong Scale(ulong frequency)
    {
        ulong rest = UnitsPerSecond, quotient = 0;
        for (int i = 0; i < 4; i++)
        {
            rest <<= 16;
            quotient = quotient << 16 | rest / frequency;
            rest %= frequency;
        }
        return quotient;
    }
}
