using System;
using Lamina.Core;

namespace Lamina.Host;

/// <summary>The deadline timer of the CPU that calls: the local APIC's, in TSC-deadline mode where the CPU has it, else counting at a rate measured against the TSC.</summary>
public sealed class HostTimer : DeadlineTimer
{
    // Long enough to be exact, short enough for the slowest APIC clock not to matter.
    private const ulong CalibrationsPerSecond = 500;

    private readonly HostApic _apic;
    private readonly bool _tscDeadline;

    // APIC ticks a TSC tick, as a binary fraction with 32 places.
    private readonly ulong _ratio;

    /// <summary>Sets the timer up. Interrupts are off.</summary>
    /// <param name="apic">This CPU's APIC.</param>
    /// <param name="tscDeadline">Whether the CPU has TSC-deadline mode.</param>
    /// <param name="tscFrequency">The TSC's ticks a second, in Hz.</param>
    public HostTimer(HostApic apic, bool tscDeadline, ulong tscFrequency)
    {
        _apic = apic;
        _tscDeadline = tscDeadline;
        StartOnThisCpu();
        if (!tscDeadline)
            _ratio = MeasureRatio(tscFrequency / CalibrationsPerSecond);
    }

    /// <summary>Sets another CPU's timer up, by that CPU. Its APIC counts at the rate of this one's: they have one clock.</summary>
    public void StartOnThisCpu() => _apic.StartTimer(InterruptVector.Timer, _tscDeadline);

    /// <summary>Whether the timer is armed with times of the TSC.</summary>
    public bool UsesTscDeadline => _tscDeadline;

    /// <summary>APIC ticks in a number of TSC ticks.</summary>
    public ulong ToApicTicks(ulong tscTicks) => (Math.BigMul(tscTicks, _ratio, out ulong low) << 32) | (low >> 32);

    /// <inheritdoc/>
    public override void Arm(ulong tsc)
    {
        if (_tscDeadline)
        {
            // 0 disarms; a time that is past interrupts at once.
            Instructions.WriteMsr(ModelSpecificRegister.TscDeadline, Math.Max(tsc, 1));
            return;
        }

        // A deadline too far off for the counter interrupts early; the queue then arms it again.
        ulong now = Instructions.ReadTimestamp();
        ulong ticks = tsc > now ? ToApicTicks(tsc - now) + 1 : 1;
        _apic.SetTimerCount((uint)Math.Min(ticks, uint.MaxValue));
    }

    /// <inheritdoc/>
    public override void Disarm()
    {
        if (_tscDeadline)
            Instructions.WriteMsr(ModelSpecificRegister.TscDeadline, 0);
        else
            _apic.SetTimerCount(0);
    }

    private ulong MeasureRatio(ulong duration)
    {
        _apic.SetTimerCount(uint.MaxValue);
        ulong start = Instructions.ReadTimestamp();
        uint first = _apic.TimerCount;
        ulong elapsed;
        do
            elapsed = Instructions.ReadTimestamp() - start;
        while (elapsed < duration);
        ulong ticks = first - _apic.TimerCount;
        elapsed = Instructions.ReadTimestamp() - start;
        _apic.SetTimerCount(0);
        return (ticks << 32) / elapsed;
    }
}
