namespace Lamina.Vmx;

/// <summary>Why a VMX instruction failed (Intel SDM vol. 3, 31.4, table 31-1).</summary>
public enum VmxInstructionError : uint
{
    /// <summary>VMCALL in VMX root operation.</summary>
    VmcallInRoot = 1,
    /// <summary>VMCLEAR with an invalid physical address.</summary>
    VmclearAddress = 2,
    /// <summary>VMCLEAR with the VMXON pointer.</summary>
    VmclearVmxonPointer = 3,
    /// <summary>VMLAUNCH with a VMCS that is not clear.</summary>
    VmlaunchNotClear = 4,
    /// <summary>VMRESUME with a VMCS that was not launched.</summary>
    VmresumeNotLaunched = 5,
    /// <summary>VMRESUME after VMXOFF.</summary>
    VmresumeAfterVmxoff = 6,
    /// <summary>An entry with invalid control fields.</summary>
    EntryControls = 7,
    /// <summary>An entry with invalid host-state fields.</summary>
    EntryHostState = 8,
    /// <summary>VMPTRLD with an invalid physical address.</summary>
    VmptrldAddress = 9,
    /// <summary>VMPTRLD with the VMXON pointer.</summary>
    VmptrldVmxonPointer = 10,
    /// <summary>VMPTRLD with a wrong VMCS revision identifier.</summary>
    VmptrldRevision = 11,
    /// <summary>VMREAD or VMWRITE of a field that this CPU does not have.</summary>
    UnsupportedField = 12,
    /// <summary>VMWRITE to a read-only field.</summary>
    ReadOnlyField = 13,
    /// <summary>VMXON in VMX root operation.</summary>
    VmxonInRoot = 15,
    /// <summary>An entry with an invalid executive-VMCS pointer.</summary>
    EntryExecutivePointer = 16,
    /// <summary>An entry with an executive VMCS that was not launched.</summary>
    EntryExecutiveNotLaunched = 17,
    /// <summary>An entry with an executive-VMCS pointer that is not the VMXON pointer.</summary>
    EntryExecutiveNotVmxon = 18,
    /// <summary>VMCALL with a VMCS that is not clear.</summary>
    VmcallNotClear = 19,
    /// <summary>VMCALL with invalid VM-exit controls.</summary>
    VmcallExitControls = 20,
    /// <summary>VMCALL with a wrong MSEG revision identifier.</summary>
    VmcallMsegRevision = 22,
    /// <summary>VMXOFF under the dual-monitor treatment of SMM.</summary>
    VmxoffUnderDualMonitor = 23,
    /// <summary>VMCALL with invalid SMM-monitor features.</summary>
    VmcallMonitorFeatures = 24,
    /// <summary>An entry with invalid VM-execution controls in the executive VMCS.</summary>
    EntryExecutiveControls = 25,
    /// <summary>An entry with events blocked by MOV SS.</summary>
    EntryBlockedByMovSs = 26,
    /// <summary>INVEPT or INVVPID with an invalid operand.</summary>
    InvalidationOperand = 28,
}
