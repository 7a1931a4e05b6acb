using System.Numerics;
using System.Threading;

namespace Lamina.Core;

/// <summary>
/// The interrupts, NMIs, INITs and start-up messages that come for a vCPU from another CPU: from its VM's devices, or from another of its VM's vCPUs. The one place where they meet.
/// <para>
/// The rule: any CPU posts, without a lock, each message by one atomic step, and then sends this to the vCPU's CPU, which is out of its guest or its halt within one interrupt. That
/// CPU alone takes back what waits and hands it to the local APIC; what is posted meanwhile has it done once more. A vector that waits already is not posted twice,
/// as in the IRR. NMIs, INIT and start-up messages share a word, so that none overtakes another: an INIT drops what waited before it, so a start-up message that waits beside one has come after it.
/// Interrupts come last: an APIC that was just reset drops or keeps them as it does all others.
/// </para>
/// <para>Of a vCPU that is not at home on any CPU nothing is touched: what waits is taken when it has come home, or is dropped with its reset.</para>
/// </summary>
public sealed class VcpuInbox(VirtualCpu vcpu) : CpuWork
{
    private const int Words = 4, VectorsInWord = 64;
    private const int None = 0;
    /// <summary>A start-up message is its page, in the lowest 8 bits, and this.</summary>
    private const int StartupPending = 1 << 8;
    private const int InitPending = 1 << 9, NmiPending = 1 << 10;

    private readonly VirtualCpu _vcpu = vcpu;
    private readonly ulong[] _edges = new ulong[Words], _levels = new ulong[Words];
    private int _signals;

    /// <summary>Any CPU but the vCPU's: a message that is for it. Modes other than these are dropped, as <see cref="LocalApic.Accept(in InterruptMessage)"/> does.</summary>
    public void Post(in InterruptMessage message)
    {
        switch (message.Mode)
        {
            case DeliveryMode.Fixed or DeliveryMode.LowestPriority:
                var words = message.LevelTriggered ? _levels : _edges;
                AtomicBits.Set(ref words[message.Vector / VectorsInWord], 1UL << message.Vector);
                break;
            case DeliveryMode.Nmi or DeliveryMode.Init or DeliveryMode.Startup:
                PostSignal(message);
                break;
            default: return;
        }
        // A VM that is not at home may be over, and its memory gone, before the CPU would have looked.
        if (_vcpu.Machine.IsAtHome) _vcpu.Cpu.Send(this);
    }

    /// <summary>The vCPU's CPU: takes what waits.</summary>
    public override void Run(Cpu cpu)
    {
        if (!_vcpu.IsScheduled) return;
        int signals = Interlocked.Exchange(ref _signals, None);
        if ((signals & InitPending) != 0) _vcpu.Initialize();
        if ((signals & StartupPending) != 0) _vcpu.Startup((byte)signals);
        if ((signals & NmiPending) != 0) _vcpu.RaiseNmi();
        Take(_levels, levelTriggered: true);
        Take(_edges, levelTriggered: false);
    }

    /// <summary>RESET: nothing waits. While no vCPU of the VM runs.</summary>
    public void Clear()
    {
        _signals = None;
        System.Array.Clear(_edges);
        System.Array.Clear(_levels);
    }

    private void PostSignal(in InterruptMessage message)
    {
        int before = Volatile.Read(ref _signals);
        while (true)
        {
            int found = Interlocked.CompareExchange(ref _signals, With(before, message), before);
            if (found == before) return;
            before = found;
        }
    }

    private static int With(int signals, in InterruptMessage message) => message.Mode switch
    {
        DeliveryMode.Init => InitPending,
        DeliveryMode.Nmi => signals | NmiPending,
        // The first one starts it, and a second finds it running.
        _ => (signals & StartupPending) != 0 ? signals : signals | StartupPending | message.Vector,
    };

    private void Take(ulong[] words, bool levelTriggered)
    {
        for (int i = 0; i < Words; i++)
        {
            if (Volatile.Read(ref words[i]) == 0) continue;
            for (ulong vectors = AtomicBits.Take(ref words[i]); vectors != 0; vectors &= vectors - 1)
                _vcpu.Apic.AcceptPosted((byte)(i * VectorsInWord + BitOperations.TrailingZeroCount(vectors)), levelTriggered);
        }
    }
}
