using System.Runtime;
using System.Runtime.CompilerServices;
using Lamina.Core;

namespace Lamina.Vmx;

/// <summary>
/// The world switch of VT-x for one physical CPU. RSP, RIP, RFLAGS and the interrupt shadow are copied between Core and the VMCS at each entry and exit;
/// all else stays in the VMCS until it is touched.
/// </summary>
public readonly unsafe struct VmxBackend : IProcessorBackend<VmxBackend>
{
    private readonly VmxCpu _cpu;

    internal VmxBackend(VmxCpu cpu) => _cpu = cpu;

    /// <inheritdoc/>
    public void Enter(VirtualCpu vcpu, ref VmExit exit)
    {
        // Every vCPU of this loop was made by VmxProcessorBackend.
        var state = Unsafe.As<VmxVcpuState>(vcpu.State);
        if (state != _cpu.Loaded) _cpu.Load(state);

        var result = EntryResult.NotTried;
        if (state.BeforeEntry())
        {
            _cpu.TimeGuest(state);
            result = WorldSwitch.Enter(ref state.Registers, ref state.Fields, state.Vectors, state.IsLaunched ? 1UL : 0);
        }
        if (result != EntryResult.Exited)
        {
            state.LastEntry = result;
            ExitDecoder.DecodeRefusal(_cpu.VmcsOf(state), result, ref exit);
            return;
        }
        state.AfterExit();
        ExitDecoder.Decode(state.Fields, _cpu.VmcsOf(state), ref exit);
        if (VmxVcpuState.ConcernsEvents(exit.Kind)) state.AfterEventExit(exit);
    }

    /// <inheritdoc/>
    public bool RunGuarded(ref Turn<VmxBackend> turn, ref RecoveryPoint recovery) => WorldSwitch.RunGuarded(ref turn, ref recovery);

    [RuntimeExport("VmxRunTurn")]
    private static void RunTurn(ref Turn<VmxBackend> turn) => ExitLoop<VmxBackend>.RunTurn(ref turn);
}
