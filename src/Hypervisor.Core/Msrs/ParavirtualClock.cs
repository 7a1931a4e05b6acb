using System.Runtime.InteropServices;

namespace Lamina.Core;

/// <summary>
/// KVM's paravirtual clock: how a vCPU's TSC becomes the nanoseconds since its VM's start (Linux documentation, "KVM-specific MSRs").
/// <para>
/// The TSC is invariant and the rate never changes, so the structure is written once, when the guest gives its address. All vCPUs get the same line through
/// VM time 0, and their readings agree (the "TSC stable" flag).
/// </para>
/// </summary>
public sealed class ParavirtualClock(VirtualCpu vcpu)
{
    private const ulong Enable = 1;
    private const ulong Alignment = 4;
    private const byte TscStable = 1;

    /// <summary>struct pvclock_vcpu_time_info, 32 bytes.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    internal struct TimeInfo
    {
        /// <summary>Odd while it is being written.</summary>
        public uint Version;
        public uint Padding;
        /// <summary>The vCPU's TSC at <see cref="SystemTime"/>.</summary>
        public ulong TscTimestamp;
        /// <summary>Nanoseconds.</summary>
        public ulong SystemTime;
        /// <summary>Nanoseconds are (ticks shifted by <see cref="TscShift"/>) × this / 2^32.</summary>
        public uint TscToSystemMultiplier;
        /// <summary>To the left when positive.</summary>
        public sbyte TscShift;
        public byte Flags;
        public ushort Padding2;
    }

    /// <summary>struct pvclock_wall_clock, 12 bytes.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    internal struct WallClock
    {
        /// <summary>Odd while it is being written.</summary>
        public uint Version;
        /// <summary>Seconds of Unix time at system time 0.</summary>
        public uint Seconds;
        public uint Nanoseconds;
    }

    private readonly VirtualCpu _vcpu = vcpu;
    private uint _version;

    /// <summary>The MSR: the structure's GPA and the enable bit.</summary>
    public ulong Address { get; private set; }

    /// <summary>Off.</summary>
    public void Reset() => Address = 0;

    /// <summary>Writes the MSR. False, for #GP, when the address is not aligned or not RAM.</summary>
    public bool TrySetAddress(ulong value)
    {
        Address = 0;
        if ((value & Enable) == 0) return true;
        if ((value & (Alignment - 1)) != Enable) return false;
        Address = value;
        if (TryPublish()) return true;
        Address = 0;
        return false;
    }

    /// <summary>The vCPU's TSC was set: the structure follows.</summary>
    public void TscChanged()
    {
        if (Address != 0) TryPublish();
    }

    /// <summary>Tells when the VM started, in Unix time. False, for #GP, when the address is not aligned or not RAM.</summary>
    public bool TryWriteWallClock(ulong gpa)
    {
        if (gpa % Alignment != 0) return false;
        var memory = _vcpu.Machine.Memory;
        if (!memory.TryRead(gpa, out uint version)) return false;
        version |= 1;
        ulong start = _vcpu.Machine.Clock.UnixNanosecondsAtZero;
        var clock = new WallClock
        {
            Version = version,
            Seconds = (uint)(start / GuestClock.NanosecondsPerSecond),
            Nanoseconds = (uint)(start % GuestClock.NanosecondsPerSecond),
        };
        return memory.TryWrite(gpa, clock) && memory.TryWrite(gpa, version + 1);
    }

    private bool TryPublish()
    {
        ulong gpa = Address & ~Enable;
        _version += 2;
        var clock = _vcpu.Machine.Clock;
        var info = new TimeInfo
        {
            Version = _version - 1,
            TscTimestamp = _vcpu.State.TscOffset - clock.Offset,
            SystemTime = 0,
            Flags = TscStable,
        };
        info.TscToSystemMultiplier = Scale(clock.Frequency, out info.TscShift);
        // The version is even only when all the rest is there.
        return _vcpu.Machine.Memory.TryWrite(gpa, info) && _vcpu.Machine.Memory.TryWrite(gpa, _version);
    }

    /// <summary>
    /// The multiplier and shift for a TSC of <paramref name="frequency"/> Hz: 10^9 / frequency = multiplier × 2^(shift - 32), the multiplier at least 2^31, rounded down.
    /// </summary>
    internal static uint Scale(ulong frequency, out sbyte shift)
    {
        ulong numerator = GuestClock.NanosecondsPerSecond, denominator = frequency;
        shift = 0;
        while (numerator >= denominator)
        {
            denominator <<= 1;
            shift++;
        }
        while (numerator << 1 < denominator)
        {
            numerator <<= 1;
            shift--;
        }
        // numerator × 2^32 / denominator in two steps of 16 bits: both are below 2^36.
        ulong high = (numerator << 16) / denominator, rest = (numerator << 16) % denominator;
        return (uint)(high << 16 | (rest << 16) / denominator);
    }
}
