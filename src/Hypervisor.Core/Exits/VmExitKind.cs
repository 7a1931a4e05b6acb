namespace Lamina.Core;

/// <summary>Why a vCPU stopped running, for both vendors alike (AMD APM vol. 2, appendix C; Intel SDM vol. 3, appendix C).</summary>
public enum VmExitKind : byte
{
    /// <summary>A reason that the backend does not know; <see cref="VmExit.RawReason"/> has it. Ends the VM.</summary>
    Unknown,
    /// <summary>The control block was refused: the backend has said which rule it breaks. Ends the VM.</summary>
    EntryFailed,
    /// <summary>A physical interrupt for the host, which is still pending; or the CPU's earliest deadline is due (<see cref="Cpu.GuestsAreTimed"/>).</summary>
    HostInterrupt,
    /// <summary>A physical NMI for the host.</summary>
    HostNmi,
    /// <summary>The guest can take a maskable interrupt now, as asked for.</summary>
    InterruptWindow,
    /// <summary>The guest can take an NMI now, as asked for.</summary>
    NmiWindow,
    /// <summary>The guest's task priority fell below <see cref="LocalApic.TaskPriorityThreshold"/>.</summary>
    TaskPriorityLowered,
    /// <summary>Hardware wrote a register of the local APIC for the guest: <see cref="VmExit.ApicOffset"/>.</summary>
    ApicWrite,
    /// <summary>Hardware ended an interrupt for the guest: its vector is that of <see cref="VmExit.Event"/>.</summary>
    EndOfInterrupt,
    /// <summary>CPUID.</summary>
    Cpuid,
    /// <summary>HLT.</summary>
    Halt,
    /// <summary>IN, OUT, INS or OUTS: the port fields of <see cref="VmExit"/>.</summary>
    PortIo,
    /// <summary>RDMSR of the MSR in ECX.</summary>
    ReadMsr,
    /// <summary>WRMSR of the MSR in ECX.</summary>
    WriteMsr,
    /// <summary>A guest-physical address that is not mapped, or not so: <see cref="VmExit.GuestPhysical"/>.</summary>
    SecondLevelFault,
    /// <summary>A move from a control register.</summary>
    ReadControlRegister,
    /// <summary>A move to a control register, CLTS or LMSW.</summary>
    WriteControlRegister,
    /// <summary>A move from a debug register.</summary>
    ReadDebugRegister,
    /// <summary>A move to a debug register.</summary>
    WriteDebugRegister,
    /// <summary>An exception that is intercepted: <see cref="VmExit.Event"/>.</summary>
    Exception,
    /// <summary>VMMCALL or VMCALL.</summary>
    Hypercall,
    /// <summary>An instruction of SVM or VMX other than the hypercall: the guest gets #UD.</summary>
    VirtualizationInstruction,
    /// <summary>INVD or WBINVD.</summary>
    InvalidateCaches,
    /// <summary>XSETBV: XCR number in ECX, value in EDX:EAX.</summary>
    SetXcr,
    /// <summary>MONITOR.</summary>
    Monitor,
    /// <summary>MWAIT.</summary>
    Mwait,
    /// <summary>A loop of PAUSE.</summary>
    Pause,
    /// <summary>RDPMC.</summary>
    ReadPerformanceCounter,
    /// <summary>A task switch through a task gate, which is not done. Ends the VM.</summary>
    TaskSwitch,
    /// <summary>A triple fault.</summary>
    Shutdown,
    /// <summary>A physical INIT, which a hypervisor ignores.</summary>
    HostInit,
    /// <summary>A physical machine check.</summary>
    HostMachineCheck,
}
