using System;
using Lamina.GuestBuilder;
using Lamina.QemuHarness;

namespace Lamina.Bench;

/// <summary>A guest on the bare emulated machine.</summary>
internal static class DirectMachine
{
    /// <summary>What a small guest says when all is done.</summary>
    private const string LastLine = "done";

    /// <summary>Runs it to its end and returns what it printed.</summary>
    /// <exception cref="GuestBuildException">It did not end in time on QEMU.</exception>
    /// <exception cref="HarnessException">It did not come to its end in Bochs.</exception>
    public static string Run(BenchGuest guest, TimeSpan timeout)
    {
        if (guest.Bed.Emulator == Emulator.Qemu)
            return BareMachine.Run(guest.Kernel, guest.Initrd, guest.CommandLine, BenchGuest.MemoryMib, countInstructions: true, timeout);
        // A multiboot kernel as the image itself is.
        using EmulatedMachine machine = EmulatedMachine.Start(new MachineOptions
        {
            Image = guest.Kernel,
            Boot = BootMethod.Multiboot,
            Parameters = guest.CommandLine,
            Cpus = guest.Bed.Cpus,
            MemoryMebibytes = BenchGuest.MemoryMib,
            Emulator = guest.Bed.Emulator,
            Vendor = guest.Bed.Vendor,
            InstructionCount = true,
            HasDebugExit = false,
        });
        // Its firmware's tables power nothing off in Bochs.
        machine.WaitForAsync(LastLine, timeout).GetAwaiter().GetResult();
        return machine.Log;
    }
}
