using System;
using System.IO;

namespace Lamina.QemuHarness.Tests;

public sealed class BochsConfigurationTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("lamina-bochs-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void The_machine_is_as_asked_for()
    {
        string[] lines = Build(new MachineOptions
        {
            Image = "lamina.efi", Emulator = Emulator.Bochs, Vendor = CpuVendor.Intel, Boot = BootMethod.Iso, MemoryMebibytes = 3072, Cpus = 2, InstructionCount = true,
        });
        lines.Should().Contain(line => line.StartsWith("cpu: model=corei7_haswell_4770, count=2:1:1, quantum=1, ips="));
        lines.Should().Contain([
            "memory: guest=3072, host=2048",
            "romimage: file=/usr/share/bochs/BIOS-bochs-latest",
            "ata0-master: type=cdrom, path=boot.iso, status=inserted",
            "boot: cdrom",
            "clock: sync=none, time0=1704067200",
            "com1: enabled=1, mode=socket-client, dev=127.0.0.1:4711",
            "port_e9_hack: enabled=1",
            "panic: action=fatal",
        ]);
    }

    [Theory]
    [InlineData(CpuVendor.Amd, null, "trinity_apu")]
    [InlineData(CpuVendor.Intel, "broadwell_ult", "broadwell_ult")]
    public void The_model_is_the_vendors_unless_named(CpuVendor vendor, string? model, string expected) =>
        Build(new MachineOptions { Image = "lamina.efi", Vendor = vendor, CpuModel = model, Boot = BootMethod.Multiboot, HasDebugExit = false })
            .Should().Contain(line => line.StartsWith($"cpu: model={expected},")).And.Contain(["clock: sync=none, time0=utc", "port_e9_hack: enabled=0", "boot: cdrom"]);

    [Fact]
    public void The_geometry_is_that_of_the_system_partition()
    {
        using (FileStream partition = File.Create(Path.Combine(_directory, BootMedium.Partition)))
            partition.SetLength(131L * 16 * 63 * 512);
        Build(new MachineOptions { Image = "lamina.efi", Boot = BootMethod.Uefi }).Should().Contain([
            "romimage: file=/usr/share/ovmf/OVMF.fd",
            "ata0-master: type=disk, mode=flat, path=esp.img, cylinders=131, heads=16, spt=63",
            "boot: disk",
        ]);
    }

    private string[] Build(MachineOptions options) => BochsConfiguration.Build(options, _directory, serialPort: 4711).Split('\n');
}
