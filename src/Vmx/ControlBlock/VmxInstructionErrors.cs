namespace Lamina.Vmx;

/// <summary>The words of <see cref="VmxInstructionError"/>.</summary>
public static class VmxInstructionErrors
{
    /// <summary>An error for the log. Errors that are not known here are said to be so; the caller gives the number.</summary>
    public static string Describe(this VmxInstructionError error) => error switch
    {
        VmxInstructionError.VmcallInRoot => "VMCALL in VMX root operation",
        VmxInstructionError.VmclearAddress => "VMCLEAR with an invalid physical address",
        VmxInstructionError.VmclearVmxonPointer => "VMCLEAR with the VMXON pointer",
        VmxInstructionError.VmlaunchNotClear => "VMLAUNCH with a VMCS that is not clear",
        VmxInstructionError.VmresumeNotLaunched => "VMRESUME with a VMCS that was not launched",
        VmxInstructionError.VmresumeAfterVmxoff => "VMRESUME after VMXOFF",
        VmxInstructionError.EntryControls => "an entry with invalid control fields",
        VmxInstructionError.EntryHostState => "an entry with invalid host-state fields",
        VmxInstructionError.VmptrldAddress => "VMPTRLD with an invalid physical address",
        VmxInstructionError.VmptrldVmxonPointer => "VMPTRLD with the VMXON pointer",
        VmxInstructionError.VmptrldRevision => "VMPTRLD with a wrong VMCS revision identifier",
        VmxInstructionError.UnsupportedField => "VMREAD or VMWRITE of a field that this CPU does not have",
        VmxInstructionError.ReadOnlyField => "VMWRITE to a read-only field",
        VmxInstructionError.VmxonInRoot => "VMXON in VMX root operation",
        VmxInstructionError.EntryExecutivePointer => "an entry with an invalid executive-VMCS pointer",
        VmxInstructionError.EntryExecutiveNotLaunched => "an entry with an executive VMCS that was not launched",
        VmxInstructionError.EntryExecutiveNotVmxon => "an entry with an executive-VMCS pointer that is not the VMXON pointer",
        VmxInstructionError.VmcallNotClear => "VMCALL with a VMCS that is not clear",
        VmxInstructionError.VmcallExitControls => "VMCALL with invalid VM-exit controls",
        VmxInstructionError.VmcallMsegRevision => "VMCALL with a wrong MSEG revision identifier",
        VmxInstructionError.VmxoffUnderDualMonitor => "VMXOFF under the dual-monitor treatment of SMM",
        VmxInstructionError.VmcallMonitorFeatures => "VMCALL with invalid SMM-monitor features",
        VmxInstructionError.EntryExecutiveControls => "an entry with invalid VM-execution controls in the executive VMCS",
        VmxInstructionError.EntryBlockedByMovSs => "an entry with events blocked by MOV SS",
        VmxInstructionError.InvalidationOperand => "INVEPT or INVVPID with an invalid operand",
        _ => "an error that the manual does not list",
    };
}
