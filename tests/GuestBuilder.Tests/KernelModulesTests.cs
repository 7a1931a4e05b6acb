using System;
using System.Buffers.Binary;
using System.IO;
using System.Linq;
using System.Text;

namespace Lamina.GuestBuilder.Tests;

public sealed class KernelModulesTests : IDisposable
{
    private const int HeaderLength = 64;
    private const int SectionHeaderLength = 64;
    private readonly string _package = Directory.CreateTempSubdirectory("lamina-modules-").FullName;

    public void Dispose() => Directory.Delete(_package, recursive: true);

    [Fact]
    public void WhatAModuleNeedsIsLoadedBeforeItAndOnce()
    {
        Put("drivers/virtio.ko", "");
        Put("drivers/ring.ko", "virtio");
        Put("drivers/virtio-net.ko", "ring,virtio");
        Put("drivers/other.ko", "");
        var modules = new KernelModules(_package);

        modules.InLoadOrder(["virtio_net", "ring"]).Select(Path.GetFileName).Should().Equal("virtio.ko", "ring.ko", "virtio-net.ko");
        modules.Release.Should().Be("6.1.0-test");
    }

    [Fact]
    public void TheDependencyTableNamesWhatIsNeededFirstLast()
    {
        Put("a.ko", "");
        Put("b.ko", "a");
        Put("c.ko", "b");
        var modules = new KernelModules(_package);

        modules.DependencyTable(modules.InLoadOrder(["c"])).Should().Be("kernel/a.ko:\nkernel/b.ko: kernel/a.ko\nkernel/c.ko: kernel/b.ko kernel/a.ko\n");
    }

    [Fact]
    public void SaysWhichModuleIsMissingAndWhoNeedsIt()
    {
        Put("a.ko", "gone");

        FluentActions.Invoking(() => new KernelModules(_package).InLoadOrder(["a"])).Should().Throw<GuestBuildException>()
            .WithMessage("kernel 6.1.0-test has no module gone, which a needs*");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(HeaderLength)]
    public void RefusesWhatIsNoModule(int length)
    {
        Put("a.ko", "");
        string file = Directory.GetFiles(_package, "a.ko", SearchOption.AllDirectories).Single();
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..length]);

        FluentActions.Invoking(() => new KernelModules(_package).InLoadOrder(["a"])).Should().Throw<GuestBuildException>().WithMessage("*is no kernel module*");
    }

    /// <summary>An ELF file (System V ABI, chapter 4) of a .modinfo and the sections' names.</summary>
    private void Put(string path, string depends)
    {
        const string Names = "\0.modinfo\0.shstrtab\0";
        byte[] names = Encoding.ASCII.GetBytes(Names);
        byte[] information = Encoding.ASCII.GetBytes($"license=GPL\0depends={depends}\0name=x\0");
        int table = HeaderLength + names.Length + information.Length;
        byte[] elf = new byte[table + (3 * SectionHeaderLength)];
        "\u007fELF"u8.CopyTo(elf);
        BinaryPrimitives.WriteInt64LittleEndian(elf.AsSpan(0x28), table);
        BinaryPrimitives.WriteInt16LittleEndian(elf.AsSpan(0x3A), SectionHeaderLength);
        BinaryPrimitives.WriteInt16LittleEndian(elf.AsSpan(0x3C), 3);
        BinaryPrimitives.WriteInt16LittleEndian(elf.AsSpan(0x3E), 2);
        information.CopyTo(elf, HeaderLength);
        names.CopyTo(elf, HeaderLength + information.Length);
        PutSection(elf.AsSpan(table + SectionHeaderLength), Names.IndexOf(".modinfo", StringComparison.Ordinal), HeaderLength, information.Length);
        PutSection(elf.AsSpan(table + (2 * SectionHeaderLength)), Names.IndexOf(".shstrtab", StringComparison.Ordinal), HeaderLength + information.Length, names.Length);

        string file = Path.Combine(_package, "lib", "modules", "6.1.0-test", "kernel", path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, elf);
    }

    private static void PutSection(Span<byte> header, int name, int offset, int length)
    {
        BinaryPrimitives.WriteInt32LittleEndian(header, name);
        BinaryPrimitives.WriteInt64LittleEndian(header[0x18..], offset);
        BinaryPrimitives.WriteInt64LittleEndian(header[0x20..], length);
    }
}
