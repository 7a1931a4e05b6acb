using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Host;

namespace Lamina.Boot.Tests;

public unsafe class EfiTests
{
    private static byte[] Descriptor(uint type, ulong start, ulong pages, int size = 48)
    {
        byte[] bytes = new byte[size];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, type);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), start);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), pages);
        return bytes;
    }

    [Fact]
    public void TheMemoryMapIsReadBySizeOfDescriptor()
    {
        var map = new MemoryMap();
        byte[] all = [.. Descriptor(7, 0x10_0000, 16), .. Descriptor(4, 0x11_0000, 1), .. Descriptor(2, 0x11_1000, 1), .. Descriptor(11, 0xE000_0000, 1)];
        EfiMemoryMap.TryRead(all, 48, map).Should().BeTrue();
        map.Normalise().Should().BeTrue();
        map.StrictestAt(0x10_0000).Should().Be(MemoryKind.Usable);
        map.StrictestAt(0x11_0000).Should().Be(MemoryKind.BootReclaimable, "our stack may be there until we have one of our own");
        map.StrictestAt(0x11_1000).Should().Be(MemoryKind.BootLoaded);
        map.StrictestAt(0xE000_0000).Should().Be(MemoryKind.Reserved);
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(39UL)]
    [InlineData(ulong.MaxValue)]
    public void ADescriptorSizeThatCannotBeIsRefused(ulong size) =>
        EfiMemoryMap.TryRead(new byte[96], size, new MemoryMap()).Should().BeFalse();

    [Fact]
    public void AnyBytesAreReadWithoutAFault() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(), Gen.Choose(0, 100).ToArbitrary(), (bytes, size) =>
        {
            var map = new MemoryMap();
            return !EfiMemoryMap.TryRead(bytes, (ulong)size, map) || map.Normalise();
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void StructuresHaveTheSpecificationsOffsets()
    {
        sizeof(EfiGuid).Should().Be(16);
        sizeof(EfiConfigurationTable).Should().Be(24);
        Marshal.OffsetOf<EfiSystemTable>(nameof(EfiSystemTable.ConsoleOut)).Should().Be(64);
        Marshal.OffsetOf<EfiSystemTable>(nameof(EfiSystemTable.BootServices)).Should().Be(96);
        Marshal.OffsetOf<EfiSystemTable>(nameof(EfiSystemTable.ConfigurationTable)).Should().Be(112);
        Marshal.OffsetOf<EfiBootServices>(nameof(EfiBootServices.GetMemoryMap)).Should().Be(24 + (4 * 8));
        Marshal.OffsetOf<EfiBootServices>(nameof(EfiBootServices.HandleProtocol)).Should().Be(24 + (16 * 8));
        Marshal.OffsetOf<EfiBootServices>(nameof(EfiBootServices.ExitBootServices)).Should().Be(24 + (26 * 8));
        Marshal.OffsetOf<EfiBootServices>(nameof(EfiBootServices.SetWatchdogTimer)).Should().Be(24 + (29 * 8));
        Marshal.OffsetOf<EfiBootServices>(nameof(EfiBootServices.LocateProtocol)).Should().Be(24 + (37 * 8));
        Marshal.OffsetOf<EfiLoadedImage>(nameof(EfiLoadedImage.DeviceHandle)).Should().Be(24);
        Marshal.OffsetOf<EfiFile>(nameof(EfiFile.Read)).Should().Be(32);
        Marshal.OffsetOf<EfiFile>(nameof(EfiFile.GetInfo)).Should().Be(64);
        Marshal.OffsetOf<EfiFileInfo>(nameof(EfiFileInfo.Attributes)).Should().Be(72);
        Marshal.OffsetOf<EfiGraphicsMode>(nameof(EfiGraphicsMode.FramebufferAddress)).Should().Be(24);
        Marshal.OffsetOf<EfiGraphicsModeInformation>(nameof(EfiGraphicsModeInformation.PixelsPerScanLine)).Should().Be(32);
    }

    [Fact]
    public void GuidsLieInMemoryAsTheSpecificationWritesThem()
    {
        void Check(EfiGuid guid, string text) => new Guid(new ReadOnlySpan<byte>(&guid, 16)).Should().Be(Guid.Parse(text));
        Check(EfiGuid.LoadedImage, "5B1B31A1-9562-11D2-8E3F-00A0C969723B");
        Check(EfiGuid.SimpleFileSystem, "964E5B22-6459-11D2-8E39-00A0C969723B");
        Check(EfiGuid.FileInfo, "09576E92-6D3F-11D2-8E39-00A0C969723B");
        Check(EfiGuid.GraphicsOutput, "9042A9DE-23DC-4A38-96FB-7ADED080516A");
        Check(EfiGuid.Acpi20, "8868E871-E4F1-11D3-BC22-0080C73C8881");
        Check(EfiGuid.Acpi10, "EB9D2D30-2D88-11D3-9A16-0090273FC14D");
    }
}
