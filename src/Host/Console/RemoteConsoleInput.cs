using System;
using System.Threading;
using Lamina.Core;

namespace Lamina.Host;

/// <summary>
/// What is typed at a VM that may run on another CPU than the consoles do: CPU 0 puts it into a ring, and the VM's CPU, at home, gives it to the VM's device as far as that takes it.
/// What the device does not take stays in the ring, and is offered again ever later, as long as it takes none, as <see cref="ConsoleSwitch"/> does for a VM on its own CPU. It is made once at boot and serves one life of the
/// VM after the other.
/// <para>
/// The rule: <see cref="TryWrite"/>, <see cref="Drop"/> and <see cref="MoveTo"/> are CPU 0's, all else is the home CPU's. The device is touched between <see cref="GoLive"/> and
/// <see cref="GoQuiet"/> alone: mail that comes while the VM is built or ended finds it quiet, and does nothing; and mail that is late, and comes to a CPU that has had the VM, is passed on.
/// </para>
/// </summary>
public sealed class RemoteConsoleInput : InputSink
{
    /// <summary>Bytes that can wait here, beside what the device holds.</summary>
    public const int Capacity = 256;

    private readonly SharedByteRing _ring = new(Capacity);
    private readonly InputSink _device;
    private readonly Cpu _consoleCpu;
    private readonly ulong _offerTicks;
    private readonly Mail _mail;
    private readonly OfferDeadline _again;
    private Cpu _home;

    // The CPU on which the device is there, which alone writes it; null while it is on none.
    private Cpu? _liveOn;
    private int _backOff;

    /// <summary>Makes it, at boot.</summary>
    /// <param name="device">The VM's console device, which the home CPU alone touches.</param>
    /// <param name="home">The CPU that runs the VM; this has one deadline there.</param>
    /// <param name="consoleCpu">The CPU of the consoles.</param>
    /// <param name="ticksPerSecond">Of that CPU's TSC.</param>
    public RemoteConsoleInput(InputSink device, Cpu home, Cpu consoleCpu, ulong ticksPerSecond)
    {
        _device = device;
        _home = home;
        _consoleCpu = consoleCpu;
        _offerTicks = ticksPerSecond / ConsoleSwitch.OffersPerSecond;
        _mail = new Mail(this);
        _again = new OfferDeadline(this);
    }

    /// <inheritdoc/>
    /// <remarks>By CPU 0. Where there is no room the home CPU tries again at once as well.</remarks>
    public override bool TryWrite(byte value)
    {
        bool taken = _ring.TryWrite(value);
        Bring(_consoleCpu);
        return taken;
    }

    /// <summary>
    /// Drops what waits, which was typed at an earlier life: on CPU 0, while the VM is quiet and its home CPU has said so. CPU 0 is the ring's reader for that moment.
    /// </summary>
    public void Drop() => _ring.Clear();

    /// <summary>Another CPU runs the VM from now on: on CPU 0, while the VM is quiet and its home CPU has said so.</summary>
    public void MoveTo(Cpu home) => Volatile.Write(ref _home, home);

    /// <summary>The device is there: it is given what waits, and all that comes. By the home CPU, between exits.</summary>
    public void GoLive()
    {
        Volatile.Write(ref _liveOn, _home);
        Offer(_home);
    }

    /// <summary>The device is touched no more. By the home CPU, before it says that it has let go of the VM, also of one that has faulted.</summary>
    public void GoQuiet()
    {
        Volatile.Write(ref _liveOn, null);
        _backOff = 0;
        _home.Deadlines.Withdraw(_again);
    }

    private void Offer(Cpu cpu)
    {
        if (!ReferenceEquals(Volatile.Read(ref _liveOn), cpu))
            return;
        // What comes meanwhile brings mail of its own.
        int count = _ring.Count, left = count;
        while (left > 0 && _ring.TryPeek(out byte value) && _device.TryWrite(value))
        {
            _ring.Skip(1);
            left--;
        }

        _backOff = left < count ? 0 : Math.Min(_backOff + 1, ConsoleSwitch.MostBackOff);
        if (left > 0)
            cpu.Arm(_again, cpu.ReadTsc() + (_offerTicks << _backOff));
    }

    // On a CPU that has heard of something typed: the device is its own, or the home CPU is told.
    private void Bring(Cpu cpu)
    {
        Cpu home = Volatile.Read(ref _home);
        if (ReferenceEquals(home, cpu))
            Offer(cpu);
        else
            home.Send(_mail);
    }

    private sealed class Mail(RemoteConsoleInput input) : CpuWork
    {
        public override void Run(Cpu cpu) => input.Bring(cpu);
    }

    private sealed class OfferDeadline(RemoteConsoleInput input) : Deadline
    {
        public override void Expire(ulong now) => input.Offer(input._home);
    }
}
