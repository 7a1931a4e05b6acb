using System.Runtime;
using System.Runtime.CompilerServices;
using Lamina.Core;

namespace Lamina.Svm;

/// <summary>
/// The world switch of AMD-V for one physical CPU. RAX, RSP, RIP, RFLAGS and the interrupt shadow are copied between Core and the VMCB at each entry and exit;
/// all else stays in the VMCB until it is touched.
/// </summary>
public readonly unsafe struct SvmBackend : IProcessorBackend<SvmBackend>
{
    private readonly SvmCpu _cpu;
    private readonly bool _decodeAssists;

    internal SvmBackend(SvmCpu cpu, SvmFeatures features)
    {
        _cpu = cpu;
        _decodeAssists = features.Has(SvmFeatureBits.DecodeAssists);
    }

    /// <inheritdoc/>
    public void Enter(VirtualCpu vcpu, ref VmExit exit)
    {
        // Every vCPU of this loop was made by SvmProcessorBackend.
        var state = Unsafe.As<SvmVcpuState>(vcpu.State);
        if (state != _cpu.Loaded) _cpu.Load(state);
        if (state.WatchesEvents) state.BeforeWatchedEntry();

        var vmcb = state.Vmcb;
        vmcb->State.Rax = state.Registers.Rax;
        vmcb->State.Rsp = state.Registers.Rsp;
        vmcb->State.Rip = state.Rip;
        vmcb->State.Rflags = state.Rflags;
        vmcb->Control.InterruptState = state.InterruptShadow ? InterruptState.Shadow : 0;

        WorldSwitch.Enter(ref state.Registers, state.VmcbPhysical, state.Vectors, _cpu.HostVmcb);

        state.Registers.Rax = vmcb->State.Rax;
        state.Registers.Rsp = vmcb->State.Rsp;
        state.Rip = vmcb->State.Rip;
        state.Rflags = vmcb->State.Rflags;
        state.InterruptShadow = (vmcb->Control.InterruptState & InterruptState.Shadow) != 0;
        // What was asked of this entry is done.
        vmcb->Control.InjectedEvent = default;
        vmcb->Control.TlbControl = TlbControl.None;
        vmcb->Control.CleanBits = _cpu.CleanAfterRun;

        ExitDecoder.Decode(vmcb->Control, state.Rip, _decodeAssists, ref exit);
        if (state.WatchesEvents) state.AfterWatchedExit(vcpu, ref exit);
    }

    /// <inheritdoc/>
    public bool RunGuarded(ref Turn<SvmBackend> turn, ref RecoveryPoint recovery) => WorldSwitch.RunGuarded(ref turn, ref recovery);

    [RuntimeExport("SvmRunTurn")]
    private static void RunTurn(ref Turn<SvmBackend> turn) => ExitLoop<SvmBackend>.RunTurn(ref turn);
}
