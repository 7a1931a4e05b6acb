using System.Threading;

namespace Lamina.Host;

/// <summary>
/// The local APIC of the CPU that calls (AMD APM vol. 2, chapter 16; Intel SDM vol. 3, chapter 11), in xAPIC or x2APIC mode as it was found. (Core's <c>LocalApic</c> is the one that guests
/// see.)
/// </summary>
public sealed unsafe class HostApic
{
    private const ulong GlobalEnable = 1 << 11;
    private const ulong X2ApicMode = 1 << 10;
    private const ulong AddressMask = 0x000F_FFFF_FFFF_F000;
    private const uint SoftwareEnable = 1 << 8;
    private const uint Masked = 1 << 16;
    private const uint ExternalInterrupts = 7 << 8;
    private const uint NonMaskable = 4 << 8;
    private const uint TscDeadlineMode = 2 << 17;
    private const uint DivideBy1 = 0xB;

    // Interrupt command: the delivery mode and the level of INIT and start-up messages; xAPICs have the destination in the upper half.
    private const uint Init = 5 << 8;
    private const uint Startup = 6 << 8;
    private const uint Nmi = 4 << 8;
    private const uint Assert = 1 << 14;
    private const uint SendPending = 1 << 12;
    private const uint AllCpus = 0xFF;
    private const int DestinationShift = 24;
    private const int MostPolls = 100_000;

    private const int LastWithPerformance = 4;
    private const int ServiceRegisters = 8;
    private const uint RegisterSpacing = 0x10;
    private const int BitsPerRegister = 32;

    private readonly byte* _registers;

    private HostApic(byte* registers) => _registers = registers;

    /// <summary>Whether it is in x2APIC mode, where its registers are MSRs.</summary>
    public bool IsX2Apic => _registers == null;

    /// <summary>This CPU's APIC ID.</summary>
    public uint Id => IsX2Apic ? Read(ApicRegister.Id) : Read(ApicRegister.Id) >> DestinationShift;

    /// <summary>
    /// Finds the local APIC, turns it on if firmware had it off, and makes it quiet: every LVT entry masked but the pins of a PC (LINT0: the 8259s, LINT1:
    /// NMI), stale interrupts ended.
    /// </summary>
    /// <returns>Null when its registers cannot be mapped.</returns>
    public static HostApic? TakeOver(HostAddressSpace space)
    {
        ulong state = Instructions.ReadMsr(ModelSpecificRegister.ApicBase);
        if ((state & GlobalEnable) == 0)
            Instructions.WriteMsr(ModelSpecificRegister.ApicBase, state | GlobalEnable);
        byte* registers = null;
        if ((state & X2ApicMode) == 0 && !space.TryMapDevice(state & AddressMask, MemoryPlan.PageSize, out registers))
            return null;
        var apic = new HostApic(registers);
        apic.Quiet();
        return apic;
    }

    /// <summary>Makes another CPU's local APIC quiet, in the mode of this one; also its pins are masked, which wake nobody there. By that CPU.</summary>
    public void QuietThisCpu()
    {
        ulong state = Instructions.ReadMsr(ModelSpecificRegister.ApicBase) | GlobalEnable | (IsX2Apic ? X2ApicMode : 0);
        Instructions.WriteMsr(ModelSpecificRegister.ApicBase, state);
        Quiet();
        Write(ApicRegister.LvtLint0, Masked);
        Write(ApicRegister.LvtLint1, Masked);
    }

    /// <summary>Whether messages can be sent to a CPU: xAPICs have IDs of 8 bits, of which the last means all.</summary>
    public bool CanReach(uint id) => IsX2Apic || id < AllCpus;

    /// <summary>Sends INIT to the CPU with this APIC ID.</summary>
    public void SendInit(uint id) => Send(id, Assert | Init);

    /// <summary>Sends the start-up message: the CPU, if it waits for it, begins in real mode at page <paramref name="page"/> of the first MiB.</summary>
    public void SendStartup(uint id, byte page) => Send(id, Assert | Startup | page);

    /// <summary>Interrupts the CPU with this APIC ID.</summary>
    public void SendInterrupt(uint id, byte vector) => Send(id, Assert | vector);

    /// <summary>Sends an NMI to the CPU with this APIC ID.</summary>
    public void SendNmi(uint id) => Send(id, Assert | Nmi);

    /// <summary>Ends the interrupt that is in service.</summary>
    public void EndOfInterrupt() => Write(ApicRegister.EndOfInterrupt, 0);

    /// <summary>
    /// Ends an interrupt that nobody handles. Without that it, and all of no higher priority, would be held back for ever. What is not in service has come from elsewhere, or is a spurious one, and wants no end
    /// (Intel SDM vol. 3, 11.8.4, 11.9).
    /// </summary>
    public void EndStray(byte vector)
    {
        uint register = (uint)vector / BitsPerRegister;
        if ((Read(ApicRegister.InService + (register * RegisterSpacing)) >> (vector % BitsPerRegister) & 1) != 0) EndOfInterrupt();
    }

    /// <summary>Sets the timer up to interrupt once, when its count reaches zero or, in TSC-deadline mode, at a time of the TSC.</summary>
    public void StartTimer(byte vector, bool tscDeadline)
    {
        Write(ApicRegister.TimerInitialCount, 0);
        Write(ApicRegister.TimerDivide, DivideBy1);
        Write(ApicRegister.LvtTimer, vector | (tscDeadline ? TscDeadlineMode : 0));
        // A write of the deadline, being one of an MSR, could overtake the mode's (Intel SDM vol. 3, 11.5.4.1).
        Interlocked.MemoryBarrier();
    }

    /// <summary>Sets the timer's count, from which it counts down; 0 stops it.</summary>
    public void SetTimerCount(uint count) => Write(ApicRegister.TimerInitialCount, count);

    /// <summary>The timer's count now.</summary>
    public uint TimerCount => Read(ApicRegister.TimerCurrentCount);

    private void Send(uint id, uint command)
    {
        if (IsX2Apic)
        {
            // Nor is the message to overtake what it tells of (Intel SDM vol. 3, 11.12.3).
            Instructions.FenceMemory();
            Instructions.WriteMsr(X2ApicMsr(ApicRegister.InterruptCommand), ((ulong)id << 32) | command);
            return;
        }

        Write(ApicRegister.InterruptCommandHigh, id << DestinationShift);
        Write(ApicRegister.InterruptCommand, command);
        for (int i = 0; i < MostPolls && (Read(ApicRegister.InterruptCommand) & SendPending) != 0; i++)
            Instructions.Pause();
    }

    private void Quiet()
    {
        Write(ApicRegister.SpuriousVector, SoftwareEnable | InterruptVector.Spurious);
        uint last = (Read(ApicRegister.Version) >> 16) & 0xFF;
        Write(ApicRegister.TimerInitialCount, 0);
        Write(ApicRegister.LvtTimer, Masked);
        Write(ApicRegister.LvtError, Masked | InterruptVector.ApicError);
        if (last >= LastWithPerformance)
            Write(ApicRegister.LvtPerformance, Masked);
        if (last > LastWithPerformance)
            Write(ApicRegister.LvtThermal, Masked);
        if (last > LastWithPerformance + 1)
            Write(ApicRegister.LvtCorrectedMachineCheck, Masked);
        Write(ApicRegister.LvtLint0, ExternalInterrupts);
        Write(ApicRegister.LvtLint1, NonMaskable);
        Write(ApicRegister.TaskPriority, 0);
        Write(ApicRegister.ErrorStatus, 0);

        // What was in service when firmware was left must not hold back what comes. One EOI ends the highest.
        for (uint i = 0; i < ServiceRegisters; i++)
        {
            uint bits = Read(ApicRegister.InService + (i * RegisterSpacing));
            for (; bits != 0; bits &= bits - 1)
                EndOfInterrupt();
        }
    }

    private static uint X2ApicMsr(ApicRegister register) => ModelSpecificRegister.X2ApicFirst + ((uint)register / RegisterSpacing);

    private uint Read(ApicRegister register) => IsX2Apic
        ? (uint)Instructions.ReadMsr(X2ApicMsr(register))
        : Volatile.Read(ref *(uint*)(_registers + (uint)register));

    private void Write(ApicRegister register, uint value)
    {
        if (IsX2Apic)
            Instructions.WriteMsr(X2ApicMsr(register), value);
        else
            Volatile.Write(ref *(uint*)(_registers + (uint)register), value);
    }
}
