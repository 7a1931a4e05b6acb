using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Lamina.GuestBuilder;
using Lamina.Manifests;
using Lamina.QemuHarness;

namespace Lamina.SystemTests;

/// <summary>What cannot work is refused with words before any VM runs.</summary>
public sealed class RefusalTests : IDisposable
{
    private readonly TestBed _bed = new();

    public void Dispose() => _bed.Dispose();

    [Theory]
    [InlineData(BootMethod.Uefi)]
    [InlineData(BootMethod.Multiboot)]
    public async Task Without_AMD_V_it_says_so(BootMethod boot)
    {
        using var machine = _bed.Start(CpuidManifest, options => options with { CpuModel = "EPYC,-svm", Boot = boot });
        await IsRefused(machine, "this CPU has no AMD-V");
    }

    [Fact]
    public async Task Without_nested_paging_it_says_so()
    {
        using var machine = _bed.Start(CpuidManifest, options => options with { CpuModel = "EPYC,-npt" });
        await IsRefused(machine, "nested paging");
    }

    [Theory]
    [InlineData(BootMethod.Multiboot)]
    [InlineData(BootMethod.Iso)]
    public async Task Without_a_manifest_it_says_so(BootMethod boot)
    {
        using var machine = TestBed.Start([], options => options with { Boot = boot });
        await IsRefused(machine, "manifest");
    }

    [Fact]
    public async Task Without_a_manifest_on_the_stick_firmwares_console_says_so()
    {
        using var machine = TestBed.Start([], options => options with { Boot = BootMethod.Uefi });
        await machine.WaitForAsync("manifest.bin", TestBed.GuestDeadline);
        machine.Log.Should().NotContain("first guest instruction");
    }

    [Fact]
    public async Task A_file_of_another_length_is_refused()
    {
        var manifest = ManifestCompiler.Compile(CpuidManifest).Manifest!;
        using var machine = _bed.Start(manifest.Binary, [new BootFile(manifest.Files[0].Name, TestBed.SmallGuest("msr"))]);
        await IsRefused(machine, "a file is not as long as the manifest says");
    }

    [Fact]
    public async Task A_kernel_that_is_none_is_told_by_its_VMs_name()
    {
        var manifest = ManifestCompiler.Compile(Path.Combine(TestBed.Debian, DebianGuest.Manifest)).Manifest!;
        byte[] kernel = File.ReadAllBytes(manifest.Files[0].Path);
        kernel.AsSpan(0x202, 4).Clear();
        string path = _bed.Write("kernel", kernel);
        using var machine = _bed.Start(
            manifest.Binary,
            manifest.Files.Select(file => new BootFile(file.Name, file == manifest.Files[0] ? path : file.Path)));
        await IsRefused(machine, "debian: its kernel is not a Linux bzImage");
    }

    [Fact]
    public async Task A_damaged_manifest_is_refused()
    {
        var good = ManifestCompiler.Compile(CpuidManifest).Manifest!;
        byte[] bad = [.. good.Binary];
        bad[^1] ^= 1;
        using var machine = _bed.Start(bad, [new BootFile(good.Files[0].Name, good.Files[0].Path)]);
        await IsRefused(machine, "the manifest is damaged");
    }

    [Fact]
    public async Task A_file_too_few_is_refused()
    {
        using var machine = _bed.Start(ManifestCompiler.Compile(CpuidManifest).Manifest!.Binary, []);
        await IsRefused(machine, "the manifest names another number of files");
    }

    [Fact]
    public async Task Only_the_machine_knows_that_it_has_too_little_memory()
    {
        string manifest = _bed.Write($"""
            version: 1
            vms:
              - name: large
                memory: 1G
                cpus: 1
                boot:
                  protocol: multiboot
                  kernel: {TestBed.SmallGuest("cpuid")}
                console: serial
            """);
        using var machine = _bed.Start(manifest, options => options with { MemoryMebibytes = 256 });
        await IsRefused(machine, "large: there is not enough memory for its RAM");
    }

    private static string CpuidManifest => Path.Combine(TestBed.SmallGuestDirectory, "cpuid.yaml");

    private static async Task IsRefused(EmulatedMachine machine, string words)
    {
        (await machine.WaitForEndAsync(TestBed.GuestDeadline)).Should().Be(MachineEnd.DebugExit, machine.Log);
        machine.Log.Should().Contain(words).And.NotContain("first guest instruction");
    }
}
