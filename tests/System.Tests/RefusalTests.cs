using System;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
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
    [OnEveryPlatform(BootMethod.Multiboot)]
    [OnQemu(BootMethod.Uefi), OnBochs(BootMethod.Uefi, OnlyWithAll = true)]
    public async Task Without_the_extension_it_says_so(Platform platform, BootMethod boot)
    {
        (string model, string words) = platform switch
        {
            Platform.AmdQemu => ("EPYC,-svm", "this CPU has no AMD-V"),
            Platform.AmdBochs => ("athlon64_venice", "this CPU has no AMD-V"),
            _ => ("p4_prescott_celeron_336", "no VT-x (CPUID 1 ECX bit 5 is clear)"),
        };
        using var machine = _bed.Start(platform, CpuidManifest, options => options with { CpuModel = model, Boot = boot });
        await IsRefused(machine, words);
    }

    [Theory]
    [OnEveryPlatform]
    public async Task Without_nested_paging_it_says_so(Platform platform)
    {
        (string model, string words) = platform switch
        {
            Platform.AmdQemu => ("EPYC,-npt", "nested paging"),
            Platform.AmdBochs => ("turion64_tyler", "nested paging"),
            _ => ("core2_penryn_t9600", "EPT"),
        };
        using var machine = _bed.Start(platform, CpuidManifest, options => options with { CpuModel = model });
        await IsRefused(machine, words);
    }

    /// <summary>Multiboot starts it without paging, in which such a CPU cannot run it: it would have PG set all the same.</summary>
    [Theory]
    [OnIntel]
    public async Task Without_unrestricted_guest_it_says_so(Platform platform)
    {
        using var machine = _bed.Start(platform, CpuidManifest, options => options with { CpuModel = TestBed.IntelWithoutUnrestrictedGuest });
        await machine.WaitForAsync("[lamina] error: cpuid: ended", TestBed.GuestDeadline);
        machine.Log.Should().Contain("unrestricted guest no")
            .And.Contain("this CPU has VT-x without unrestricted guest: its guests must be in protected mode with paging")
            .And.NotContain("cpuid|");
    }

    [Theory]
    [OnEveryPlatform(BootMethod.Multiboot)]
    [OnEveryPlatform(BootMethod.Iso)]
    public async Task Without_a_manifest_it_says_so(Platform platform, BootMethod boot)
    {
        using var machine = TestBed.Start(platform, [], options => options with { Boot = boot });
        await IsRefused(machine, "manifest");
    }

    [Theory]
    [OnQemu, OnBochs(OnlyWithAll = true)]
    public async Task Without_a_manifest_on_the_stick_firmwares_console_says_so(Platform platform)
    {
        using var machine = TestBed.Start(platform, [], options => options with { Boot = BootMethod.Uefi });
        await machine.WaitForAsync("manifest.bin", TestBed.GuestDeadline);
        machine.Log.Should().NotContain("first guest instruction");
    }

    [Theory]
    [OnEveryPlatform]
    public async Task A_file_of_another_length_is_refused(Platform platform)
    {
        var manifest = ManifestCompiler.Compile(CpuidManifest).Manifest!;
        using var machine = _bed.Start(platform, manifest.Binary, [new BootFile(manifest.Files[0].Name, TestBed.SmallGuest("msr"))]);
        await IsRefused(machine, $"the file {manifest.Files[0].Name} has ");
        machine.Log.Should().Contain($"bytes and not the {manifest.Files[0].Length} that the manifest says");
    }

    [Theory]
    [OnEveryPlatform]
    public async Task A_file_of_another_content_is_refused(Platform platform)
    {
        var manifest = ManifestCompiler.Compile(CpuidManifest).Manifest!;
        byte[] changed = File.ReadAllBytes(manifest.Files[0].Path);
        changed[^1] ^= 1;
        using var machine = _bed.Start(platform, manifest.Binary, [new BootFile(manifest.Files[0].Name, _bed.Write("changed", changed))]);
        await IsRefused(machine, $"the file {manifest.Files[0].Name} is not what the manifest says");
    }

    [Theory]
    [OnEveryPlatform]
    public async Task A_kernel_that_is_none_is_told_by_its_VMs_name(Platform platform)
    {
        var manifest = ManifestCompiler.Compile(Path.Combine(TestBed.Debian, DebianGuest.Manifest)).Manifest!;
        byte[] kernel = File.ReadAllBytes(manifest.Files[0].Path);
        kernel.AsSpan(0x202, 4).Clear();
        string path = _bed.Write("kernel", kernel);
        // The manifest says what the file is: what is wrong with it is another thing than that it was changed.
        ManifestFile[] files =
        [
            manifest.Files[0] with { Path = path, Digest = SHA256.HashData(kernel) },
            .. manifest.Files.Skip(1),
        ];
        using var machine = _bed.Start(platform, ManifestWriter.Write(manifest.Vms, files), files.Select(file => new BootFile(file.Name, file.Path)));
        await IsRefused(machine, "debian: its kernel is not a Linux bzImage");
    }

    [Theory]
    [OnEveryPlatform]
    public async Task A_damaged_manifest_is_refused(Platform platform)
    {
        var good = ManifestCompiler.Compile(CpuidManifest).Manifest!;
        byte[] bad = [.. good.Binary];
        bad[^1] ^= 1;
        using var machine = _bed.Start(platform, bad, [new BootFile(good.Files[0].Name, good.Files[0].Path)]);
        await IsRefused(machine, "the manifest is damaged");
    }

    [Theory]
    [OnEveryPlatform]
    public async Task A_file_too_few_is_refused(Platform platform)
    {
        using var machine = _bed.Start(platform, ManifestCompiler.Compile(CpuidManifest).Manifest!.Binary, []);
        await IsRefused(machine, "the manifest names another number of files");
    }

    [Theory]
    [OnEveryPlatform]
    public async Task Only_the_machine_knows_that_it_has_too_little_memory(Platform platform)
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
        using var machine = _bed.Start(platform, manifest, options => options with { MemoryMebibytes = 256 });
        await IsRefused(machine, "large: there is not enough memory for its RAM");
    }

    [Theory]
    [OnEveryPlatform]
    public async Task Only_the_machine_knows_that_it_does_not_have_the_CPUs(Platform platform)
    {
        string manifest = _bed.Write($"""
            version: 1
            vms:
              - name: anywhere
                memory: 16M
                boot:
                  protocol: multiboot
                  kernel: {TestBed.SmallGuest("cpuid")}
              - name: elsewhere
                memory: 16M
                allowed-cpus: [2, 5-7]
                boot:
                  protocol: multiboot
                  kernel: {TestBed.SmallGuest("cpuid")}
            """);
        using var machine = _bed.Start(platform, manifest, options => options with { Cpus = 2 });
        await IsRefused(machine, "[lamina] error: elsewhere: no VM can live on any of its allowed-cpus [2, 5-7], only on [0-1]\r\n");
    }

    private static string CpuidManifest => Path.Combine(TestBed.SmallGuestDirectory, "cpuid.yaml");

    private static async Task IsRefused(EmulatedMachine machine, string words)
    {
        (await machine.WaitForEndAsync(TestBed.GuestDeadline)).Should().Be(MachineEnd.DebugExit, machine.Log);
        machine.Log.Should().Contain(words).And.NotContain("first guest instruction");
    }
}
