using System.Numerics;
using System.Threading;

namespace Lamina.Core;

/// <summary>
/// The interrupts, NMIs, INITs and start-up messages that come for a vCPU from another CPU: from its VM's devices, or from another of its VM's vCPUs. The one place where they meet.
/// <para>
/// The rule: any CPU posts, without a lock: it sets bits, each by one atomic step, and then sends this to the vCPU's CPU, which is out of its guest or its halt within one interrupt. That
/// CPU alone takes the bits back and hands what they stand for to the local APIC; what is posted meanwhile has it done once more. A vector that waits already is not posted twice,
/// as in the IRR. INIT comes before the start-up message, and that before interrupts, which an APIC that was just reset drops or keeps as it does all others.
/// </para>
/// <para>Of a vCPU that is not at home on any CPU nothing is touched: what waits is taken when it has come home, or is dropped with its reset.</para>
/// </summary>
public sealed class VcpuInbox(VirtualCpu vcpu) : CpuWork
{
    private const int Words = 4, VectorsInWord = 64;
    private const int None = 0, Pending = 1;
    /// <summary>A start-up message is its page, and this.</summary>
    private const int StartupPending = 0x100;

    private readonly VirtualCpu _vcpu = vcpu;
    private readonly ulong[] _edges = new ulong[Words], _levels = new ulong[Words];
    private int _nmi, _init, _startup;

    /// <summary>Any CPU but the vCPU's: a message that is for it. Modes other than these four are dropped, as <see cref="LocalApic.Accept(in InterruptMessage)"/> does.</summary>
    public void Post(in InterruptMessage message)
    {
        switch (message.Mode)
        {
            case DeliveryMode.Fixed or DeliveryMode.LowestPriority:
                var words = message.LevelTriggered ? _levels : _edges;
                AtomicBits.Set(ref words[message.Vector / VectorsInWord], 1UL << message.Vector);
                break;
            case DeliveryMode.Nmi: Interlocked.Exchange(ref _nmi, Pending); break;
            case DeliveryMode.Init: Interlocked.Exchange(ref _init, Pending); break;
            case DeliveryMode.Startup: Interlocked.Exchange(ref _startup, message.Vector | StartupPending); break;
            default: return;
        }
        _vcpu.Cpu.Send(this);
    }

    /// <summary>The vCPU's CPU: takes what waits.</summary>
    public override void Run()
    {
        if (!_vcpu.IsScheduled) return;
        if (Interlocked.Exchange(ref _init, None) != None) _vcpu.Initialize();
        if (Interlocked.Exchange(ref _startup, None) is not None and var startup) _vcpu.Startup((byte)startup);
        if (Interlocked.Exchange(ref _nmi, None) != None) _vcpu.RaiseNmi();
        Take(_levels, levelTriggered: true);
        Take(_edges, levelTriggered: false);
    }

    /// <summary>RESET: nothing waits. While no vCPU of the VM runs.</summary>
    public void Clear()
    {
        _nmi = None;
        _init = None;
        _startup = None;
        System.Array.Clear(_edges);
        System.Array.Clear(_levels);
    }

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
