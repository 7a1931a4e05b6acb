using System;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Threading.Tasks;
using Lamina.GuestBuilder;
using Lamina.QemuHarness;

namespace Lamina.SystemTests;

/// <summary>A Debian guest's disks: Linux's own driver reads a file of the package, and writes to a copy of it that nobody else sees.</summary>
public sealed class DiskTests : IDisposable
{
    private const string Prompt = "debian:~# ";
    private const int Block = 4096;
    private const int Mebibyte = 1 << 20;
    private readonly TestBed _bed = new();
    private readonly byte[] _image = new byte[4 * Mebibyte];

    public DiskTests() => new Random(1).NextBytes(_image);

    public void Dispose() => _bed.Dispose();

    [Theory]
    [OnQemu, OnBochs(OnlyWithAll = true)]
    public async Task Linux_reads_what_the_package_holds_and_writes_a_copy(Platform platform)
    {
        using var machine = _bed.Start(platform, Manifest());
        int at = await machine.WaitForAsync(Prompt, TestBed.BootDeadline);
        at = await DoAsync(machine, "for m in virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_blk; do insmod /modules/$m.ko; done", at);
        at = await DoAsync(machine, "cat /sys/block/vda/serial /sys/block/vda/ro /sys/block/vdb/ro", at, "lamina-disk01");
        at = await DoAsync(machine, "sha256sum /dev/vda", at, Digest(_image));

        _image.AsSpan(Block, 8 * Block).Clear();
        at = await DoAsync(machine, "dd if=/dev/zero of=/dev/vdb bs=4k seek=1 count=8 conv=fsync; echo 3 > /proc/sys/vm/drop_caches", at, "8+0 records out");
        at = await DoAsync(machine, "sha256sum /dev/vdb", at, Digest(_image));
        new Random(1).NextBytes(_image);
        at = await DoAsync(machine, "sha256sum /dev/vda", at, Digest(_image));

        // Its manifest lets it write a MiB.
        await DoAsync(machine, "dd if=/dev/vda of=/dev/vdb bs=64k oflag=direct", at, "Input/output error");
        machine.Log.Should().NotContain("needs reset").And.NotContain("[lamina] error");
    }

    private string Manifest()
    {
        string modules = _bed.Write("modules.img", []), disk = _bed.Write("disk.img", _image);
        using (FileStream stream = File.Create(modules))
        {
            var archive = new CpioWriter(stream);
            archive.AddDirectory("modules");
            string packages = Path.Combine(TestBed.Root, "artifacts", "guests", "packages");
            foreach (string module in Directory.GetFiles(packages, "virtio*.ko", SearchOption.AllDirectories))
                archive.AddFile($"modules/{Path.GetFileName(module)}", File.ReadAllBytes(module), executable: false);
            archive.Finish();
        }

        return _bed.Write($$"""
            version: 1
            vms:
              - name: debian
                memory: 128M
                boot:
                  protocol: linux
                  kernel: {{Path.Combine(TestBed.Debian, DebianGuest.Kernel)}}
                  initrd:
                    - {{Path.Combine(TestBed.Debian, DebianGuest.Initrd)}}
                    - {{modules}}
                  command-line: console=ttyS0 panic=-1
                disks:
                  - {{disk}}
                  - { image: {{disk}}, mode: copy-on-write, writes: 1M }
            """);
    }

    private static async Task<int> DoAsync(EmulatedMachine machine, string command, int from, string answer = "")
    {
        machine.Send(command + "\n");
        int said = answer.Length == 0 ? from : await machine.WaitForAsync(answer, TestBed.GuestDeadline, from);
        return await machine.WaitForAsync(Prompt, TestBed.GuestDeadline, said);
    }

    private static string Digest(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
