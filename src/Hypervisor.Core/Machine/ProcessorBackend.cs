namespace Lamina.Core;

/// <summary>One vendor's virtualization, away from the exit way: how it is found, enabled, and how vCPUs are made. Svm and Vmx derive from it.</summary>
public abstract class ProcessorBackend
{
    /// <summary>Its name for the log: "AMD-V" or "VT-x".</summary>
    public abstract string Name { get; }

    /// <summary>Whether CPUID of the CPU that calls shows this kind of virtualization.</summary>
    public abstract bool IsPresent(Cpu cpu);

    /// <summary>
    /// Turns virtualization on, on the CPU that calls. Null when done; else what is missing or locked, and what would be right, for the person at the screen.
    /// All CPUs are used as the first one can be: another that can do less is refused. One CPU after the other, never two at once.
    /// </summary>
    public abstract string? TryEnable(Cpu cpu, HostMemory memory);

    /// <summary>An empty second-level address space, or null when there are no pages left.</summary>
    public abstract GuestAddressSpace? CreateAddressSpace(HostMemory memory);

    /// <summary>The state of a new vCPU of the CPU that calls, as after RESET, or null when there are no pages left.</summary>
    public abstract VcpuState? CreateVcpuState(Cpu cpu, HostMemory memory, GuestAddressSpace addressSpace);

    /// <summary>The loop of the CPU that calls, on which <see cref="TryEnable"/> succeeded: <see cref="ExitLoop{TBackend}.Run"/>.</summary>
    public abstract void RunLoop(Cpu cpu, Scheduler scheduler, VmSupervisor supervisor);

    /// <summary>What guests cannot use of the CPU's instructions; known once <see cref="TryEnable"/> has succeeded.</summary>
    public virtual WithheldInstructions Withheld => WithheldInstructions.None;

    /// <summary>How many features of the CPU are used or missed, for the log: a line such as "nested paging, next-RIP save: no, 16 ASIDs".</summary>
    public abstract string Describe();
}
