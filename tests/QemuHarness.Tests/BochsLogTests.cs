namespace Lamina.QemuHarness.Tests;

public class BochsLogTests
{
    private const string PowerOn = "[SYS   ] bx_pc_system_c::Reset(HARDWARE) called\n";
    private const string Shutdown = "[UNMAP ] >>PANIC<< Shutdown port: shutdown requested\n";
    private const string Where = "(0).[234711745] [0x0000001000f3] 0010:00000000001000f3 (unk. ctxt): out dx, al\n";

    [Theory]
    [InlineData(PowerOn + "[ACPI  ] >>PANIC<< ACPI control: soft power off\n" + Where, MachineEnd.PoweredOff, null)]
    [InlineData(PowerOn + Shutdown + "\x10" + Where, MachineEnd.PoweredOff, 0x10)]
    [InlineData("\x10" + Where + PowerOn + Shutdown, MachineEnd.PoweredOff, 0x10)]
    [InlineData(PowerOn + Shutdown + " " + Where, MachineEnd.DebugExit, 0x20)]
    [InlineData(PowerOn + Shutdown + Where, MachineEnd.DebugExit, null)]
    [InlineData(PowerOn + "[CPU0  ] >>PANIC<< exception(): 3rd (13) exception with no resolution\n" + Where, MachineEnd.Reset, null)]
    [InlineData(PowerOn + PowerOn, MachineEnd.Reset, null)]
    [InlineData(PowerOn + Shutdown + PowerOn + " " + Where, MachineEnd.DebugExit, 0x20)]
    [InlineData("[      ] >>PANIC<< unknown log function module 'SYS'\n" + Where, MachineEnd.EmulatorFailed, null)]
    [InlineData(PowerOn + Where, MachineEnd.EmulatorFailed, null)]
    [InlineData("", MachineEnd.EmulatorFailed, null)]
    public void The_end_is_told_by_Bochs_last_words(string said, MachineEnd end, int? value)
    {
        var log = new BochsLog();
        foreach (string line in said.Split('\n'))
            log.Take(line);
        log.End.Should().Be(end);
        log.DebugExitValue.Should().Be(value);
    }

    [Theory]
    [InlineData("00000000000e[      ] bochsrc:8: wrong value for parameter 'model'", true)]
    [InlineData("00153867790p[BIOS  ] >>PANIC<< No bootable device.", true)]
    [InlineData("bochs-bin: error while loading shared libraries: libasound.so.2", true)]
    [InlineData("00000000000i[      ] reading configuration from bochsrc", false)]
    [InlineData("00000000000e[SIM   ] notify called, but no bxevent_callback function is registered", false)]
    [InlineData("                        Bochs x86 Emulator 2.7", false)]
    [InlineData("Bochs is exiting with the following message:", false)]
    [InlineData("", false)]
    public void A_complaint_is_known(string line, bool isComplaint) => new BochsLog().Take(line).Should().Be(isComplaint);
}
