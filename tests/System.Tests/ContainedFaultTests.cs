using System;
using System.Threading.Tasks;
using Lamina.QemuHarness;

namespace Lamina.SystemTests;

/// <summary>A fault of the hypervisor's own code, planted where it works for one VM, ends that VM with its report; the other goes on to its end.</summary>
public sealed class ContainedFaultTests : IDisposable
{
    private readonly TestBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Theory]
    [OnEveryPlatform("dispatcher")]
    [OnQemu("8259")]
    [OnEveryPlatform("8254")]
    [OnQemu("CMOS")]
    [OnQemu("i8042")]
    [OnQemu("system-control-port")]
    [OnQemu("fast-reset-port")]
    [OnQemu("delay-ports")]
    [OnQemu("reset-control")]
    [OnQemu("PCI-host")]
    [OnQemu("ACPI-PM")]
    [OnEveryPlatform("I/O-APIC")]
    [OnQemu("PCI-ECAM")]
    [OnQemu("16550")]
    public async Task A_fault_in_a_device_ends_the_VM_that_uses_it(Platform platform, string device) =>
        await EndsOne(platform, device, "null", "a null reference was used");

    [Theory]
    [OnEveryPlatform("index", "an index was out of range")]
    [OnQemu("throw", "an allocation where none is allowed")]
    [OnQemu("cast", "an invalid cast")]
    [OnEveryPlatform("divide", "#DE, divide error")]
    [OnQemu("undefined", "#UD, invalid opcode")]
    [OnQemu("write-code", "#PF, page fault")]
    [OnEveryPlatform("stack-overflow", "the stack has overflowed")]
    public async Task Any_kind_of_fault_does(Platform platform, string kind, string words) => await EndsOne(platform, "8254", kind, words);

    private async Task EndsOne(Platform platform, string device, string kind, string words)
    {
        using var machine = _bed.Start(
            platform,
            _bed.Write($"""
                version: 1
                vms:
                  - name: bad
                    memory: 8M
                    boot:
                      protocol: multiboot
                      kernel: {TestBed.SmallGuest("devices")}
                  - name: good
                    memory: 8M
                    boot:
                      protocol: multiboot
                      kernel: {TestBed.SmallGuest("state")}
                """),
            options => options with { Parameters = $"plant={device}:bad:{kind}" });
        (await machine.WaitForEndAsync(TestBed.GuestDeadline)).Should().Be(MachineEnd.PoweredOff, machine.Log);
        machine.Log.Should().Contain("[lamina] error: bad: the hypervisor's own code failed while it worked for this VM")
            .And.Contain(words)
            .And.Contain(device == "dispatcher" ? "Lamina.Core.ExitDispatcher.Handle+" : "Lamina.Boot.FaultTests.")
            .And.Contain("[lamina] error: bad: a fault of the hypervisor's own code").And.Contain("[lamina] error: bad: ended")
            .And.NotContain("bad| done").And.NotContain("panic")
            .And.Contain("good| done").And.Contain("[lamina] good: powered off by its guest").And.NotContain("FAIL");
    }
}
