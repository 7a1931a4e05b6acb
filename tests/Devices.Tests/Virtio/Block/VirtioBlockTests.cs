using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Testing;

namespace Lamina.Devices.Tests.Virtio.Block;

public sealed class VirtioBlockTests : IDisposable
{
    private const int Sector = BlockImage.SectorSize;
    private const int Sectors = 64;
    private const ulong Rings = 0x10_0000;

    /// <summary>Where a request's header, its data and its status are, in the guest's memory.</summary>
    private const ulong Header = 0x1000, Data = 0x2_0000, Status = 0x3000;
    private const byte NoStatus = 0xEE;

    private readonly TestMachine _machine = new(memory: 4 << 20);
    private readonly DiskFile _file = new(Sectors * Sector);
    private readonly DiskPages _pages = new();

    public void Dispose()
    {
        _pages.Dispose();
        _file.Dispose();
        _machine.Dispose();
    }

    [Fact]
    public void Its_structures_are_the_standards()
    {
        Unsafe.SizeOf<BlockConfig>().Should().Be(60);
        Unsafe.SizeOf<BlockRequestHeader>().Should().Be(16);
        Unsafe.SizeOf<BlockRange>().Should().Be(16);
        int Offset(string field) => (int)Marshal.OffsetOf<BlockConfig>(field);
        (Offset(nameof(BlockConfig.SizeMax)), Offset(nameof(BlockConfig.SegMax)), Offset(nameof(BlockConfig.BlockSize))).Should().Be((8, 12, 20));
        (Offset(nameof(BlockConfig.PhysicalBlockExponent)), Offset(nameof(BlockConfig.Writeback)), Offset(nameof(BlockConfig.QueueCount))).Should().Be((24, 32, 34));
        (Offset(nameof(BlockConfig.MostDiscardSectors)), Offset(nameof(BlockConfig.DiscardAlignment)), Offset(nameof(BlockConfig.ZeroesMayUnmap))).Should().Be((36, 44, 56));
    }

    [Fact]
    public void It_offers_what_its_image_can()
    {
        var (readOnly, _) = Start(_file.Image);
        (readOnly.OfferedFeatures & BlockFeature.ReadOnly).Should().NotBe(0);
        (readOnly.OfferedFeatures & (BlockFeature.Discard | BlockFeature.Flush | BlockFeature.WriteZeroes)).Should().Be(0);
        var (writable, _) = Start(Writable());
        (writable.OfferedFeatures & BlockFeature.ReadOnly).Should().Be(0);
        (writable.OfferedFeatures & BlockFeature.OfWritable).Should().Be(BlockFeature.OfWritable);
        writable.Read(VirtioDriver.Device, 4).Should().Be(Sectors);
        writable.Read(VirtioDriver.Device + 12, 4).Should().Be(254);
        writable.Read(VirtioDriver.Device + 20, 4).Should().Be(Sector);
    }

    /// <summary>Any reads, writes, zeroes and discards of whole sectors, in and out of range, with data cut into any buffers, beside a plain array.</summary>
    [Fact]
    public void It_is_an_array_of_bytes()
    {
        var request =
            from type in Gen.Elements(BlockRequestType.Read, BlockRequestType.Write, BlockRequestType.WriteZeroes, BlockRequestType.Flush)
            from first in Gen.Choose(0, Sectors + 2)
            from count in Gen.Choose(0, Sectors)
            from cut in Gen.Choose(0, Sectors * Sector)
            from headerCut in Gen.Choose(0, 16)
            select (Type: type, First: (ulong)first, Count: count, Cut: Math.Min(cut, count * Sector), HeaderCut: headerCut);
        Prop.ForAll(request.ArrayOf().ToArbitrary(), requests =>
        {
            CopyOnWriteImage image = Writable();
            var (driver, queue) = Start(image);
            byte[] model = _file.Original.ToArray();
            byte fill = 0;
            foreach (var (type, first, count, cut, headerCut) in requests)
            {
                bool fits = first + (ulong)count <= Sectors;
                int offset = (int)first * Sector, length = count * Sector;
                var data = _machine.Memory.Slice((int)Data, length);
                (ulong, int, bool)[] Parts(bool write) => [(Data, cut, write), (Data + (ulong)cut, length - cut, write)];
                (ulong, int, bool)[] buffers = [];
                switch (type)
                {
                    case BlockRequestType.Read:
                        data.Fill(0xCC);
                        buffers = Parts(write: true);
                        break;
                    case BlockRequestType.Write:
                        data.Fill(++fill);
                        buffers = Parts(write: false);
                        if (fits) data.CopyTo(model.AsSpan(offset));
                        break;
                    case BlockRequestType.WriteZeroes:
                        MemoryMarshal.Write(_machine.Memory[(int)Data..], new BlockRange { Sector = first, Count = (uint)count, Flags = BlockRange.Unmap });
                        buffers = [(Data, 16, false)];
                        if (fits) model.AsSpan(offset, length).Clear();
                        break;
                }

                bool mustFit = type != BlockRequestType.Flush;
                BlockStatus status = Do(driver, queue, type, first, buffers, headerCut);
                status.Should().Be(fits || !mustFit ? BlockStatus.Ok : BlockStatus.Error);
                if (type == BlockRequestType.Read && fits) data.SequenceEqual(model.AsSpan(offset, length)).Should().BeTrue();
                if (type == BlockRequestType.Read && !fits) data.IndexOfAnyExcept((byte)0xCC).Should().Be(-1, "nothing is read from behind the end");
            }

            byte[] all = new byte[Sectors * Sector];
            image.Read(0, all).Should().BeTrue();
            all.AsSpan().SequenceEqual(model).Should().BeTrue();
            _file.IsUnchanged.Should().BeTrue();
            image.Free(_pages);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_disk_that_is_read_only_writes_nothing()
    {
        var (driver, queue) = Start(_file.Image);
        _machine.Memory.Slice((int)Data, Sector).Fill(0x77);
        Do(driver, queue, BlockRequestType.Write, 0, [(Data, Sector, false)]).Should().Be(BlockStatus.Error);
        MemoryMarshal.Write(_machine.Memory[(int)Data..], new BlockRange { Count = 1 });
        Do(driver, queue, BlockRequestType.WriteZeroes, 0, [(Data, 16, false)]).Should().Be(BlockStatus.Unsupported);
        Do(driver, queue, BlockRequestType.Discard, 0, [(Data, 16, false)]).Should().Be(BlockStatus.Unsupported);
        _file.IsUnchanged.Should().BeTrue();
        ((VirtioBlock)driver.Function.Device).FailedRequests.Should().Be(3);
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(ulong.MaxValue / Sector)]
    [InlineData(ulong.MaxValue / Sector + 1)]
    [InlineData((ulong)Sectors)]
    [InlineData((ulong)Sectors - 1)]
    public void What_is_behind_the_end_is_an_error_and_not_begun(ulong sector)
    {
        CopyOnWriteImage image = Writable();
        var (driver, queue) = Start(image);
        Do(driver, queue, BlockRequestType.Read, sector, [(Data, 2 * Sector, true)]).Should().Be(BlockStatus.Error);
        Do(driver, queue, BlockRequestType.Write, sector, [(Data, 2 * Sector, false)]).Should().Be(BlockStatus.Error);
        MemoryMarshal.Write(_machine.Memory[(int)Data..], new BlockRange { Sector = sector, Count = 2 });
        Do(driver, queue, BlockRequestType.Discard, 0, [(Data, 16, false)]).Should().Be(BlockStatus.Error);
        image.HeldBlocks.Should().Be(0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Sector - 1)]
    [InlineData(Sector + 1)]
    public void A_part_of_a_sector_is_an_error(int length)
    {
        var (driver, queue) = Start(Writable());
        Do(driver, queue, BlockRequestType.Read, 0, [(Data, length, true)]).Should().Be(BlockStatus.Error);
        Do(driver, queue, BlockRequestType.Write, 0, [(Data, length, false)]).Should().Be(BlockStatus.Error);
    }

    [Theory]
    [InlineData(BlockRequestType.Discard, 1, 15, 0, BlockStatus.Error)]
    [InlineData(BlockRequestType.Discard, 1, 32, 0, BlockStatus.Error)]
    [InlineData(BlockRequestType.Discard, 1, 16, 1, BlockStatus.Unsupported)]
    [InlineData(BlockRequestType.WriteZeroes, 1, 16, 1, BlockStatus.Ok)]
    [InlineData(BlockRequestType.WriteZeroes, 1, 16, 2, BlockStatus.Unsupported)]
    [InlineData(BlockRequestType.WriteZeroes, int.MaxValue, 16, 0, BlockStatus.Error)]
    [InlineData(BlockRequestType.WriteZeroes, 0, 16, 0, BlockStatus.Ok)]
    public void A_range_is_one_segment_with_flags_that_are_known(BlockRequestType type, int count, int length, int flags, BlockStatus expected)
    {
        var (driver, queue) = Start(Writable());
        MemoryMarshal.Write(_machine.Memory[(int)Data..], new BlockRange { Count = (uint)count, Flags = (uint)flags });
        Do(driver, queue, type, 0, [(Data, length, false)]).Should().Be(expected);
    }

    [Fact]
    public void Its_name_is_told_and_what_is_not_known_is_said()
    {
        var (driver, queue) = Start(_file.Image);
        Do(driver, queue, BlockRequestType.GetId, 0, [(Data, VirtioBlock.IdLength, true)]).Should().Be(BlockStatus.Ok);
        Encoding.ASCII.GetString(_machine.Memory.Slice((int)Data, VirtioBlock.IdLength)).Should().Be("root\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
        Do(driver, queue, BlockRequestType.GetId, 0, [(Data, 3, true)]).Should().Be(BlockStatus.Ok);
        foreach (uint type in (uint[])[2, 3, 5, 12, 14, uint.MaxValue])
            Do(driver, queue, (BlockRequestType)type, 0, []).Should().Be(BlockStatus.Unsupported);
    }

    public static TheoryData<string> Broken => ["no status", "no header", "a short header"];

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_request_without_header_or_status_breaks_the_queue_and_a_reset_mends_it(string what)
    {
        var (driver, queue) = Start(_file.Image);
        (ulong, int, bool)[] buffers = what switch
        {
            "no status" => [(Header, 16, false), (Data, Sector, false)],
            "no header" => [(Data, Sector, true), (Status, 1, true)],
            _ => [(Header, 15, false), (Status, 1, true)],
        };
        queue.Offer(buffers);
        driver.Ring(0);
        driver.Status.Should().HaveFlag(VirtioStatus.DeviceNeedsReset);
        queue.TakeUsed().Should().BeEmpty();
        _machine.Machine.Counters.BrokenQueues.Should().Be(1);

        queue = Restart(driver);
        Do(driver, queue, BlockRequestType.Read, 0, [(Data, Sector, true)]).Should().Be(BlockStatus.Ok);
    }

    /// <summary>Status is the very last byte that can be written, in a buffer with data too; and what came back is counted without a gap.</summary>
    [Fact]
    public void Header_data_and_status_may_share_buffers()
    {
        var (driver, queue) = Start(Writable());
        WriteHeader(BlockRequestType.Read, 1);
        queue.Offer((Header, 7, false), (Header + 7, 9, false), (Data, 100, true), (Data + 100, Sector - 100 + 1, true));
        driver.Ring(0);
        queue.TakeUsed().Single().Written.Should().Be(Sector + 1);
        _machine.Memory.Slice((int)Data, Sector).SequenceEqual(_file.Original.Slice(Sector, Sector)).Should().BeTrue();
        _machine.Memory[(int)Data + Sector].Should().Be((byte)BlockStatus.Ok);

        WriteHeader(BlockRequestType.Read, Sectors);
        queue.Offer((Header, 16, false), (Data, Sector + 1, true));
        driver.Ring(0);
        queue.TakeUsed().Single().Written.Should().Be(0, "nothing was written but the status");
        _machine.Memory[(int)Data + Sector].Should().Be((byte)BlockStatus.Error);
    }

    [Fact]
    public void A_write_that_finds_no_room_is_an_error_that_is_counted()
    {
        CopyOnWriteImage image = CopyOnWriteImage.TryCreate(_file.Image, _pages, BlockStore.BlockSize)!;
        var (driver, queue) = Start(image);
        Do(driver, queue, BlockRequestType.Write, 0, [(Data, BlockStore.BlockSize, false)]).Should().Be(BlockStatus.Ok);
        Do(driver, queue, BlockRequestType.Write, 8, [(Data, BlockStore.BlockSize, false)]).Should().Be(BlockStatus.Error);
        image.RefusedWrites.Should().Be(1);
        MemoryMarshal.Write(_machine.Memory[(int)Header..], new BlockRange { Sector = 0, Count = 8 });
        _machine.Memory.Slice((int)Header, 16).CopyTo(_machine.Memory[(int)Data..]);
        Do(driver, queue, BlockRequestType.Discard, 0, [(Data, 16, false)]).Should().Be(BlockStatus.Ok);
        Do(driver, queue, BlockRequestType.Write, 8, [(Data, BlockStore.BlockSize, false)]).Should().Be(BlockStatus.Ok);
        _file.IsUnchanged.Should().BeTrue();
    }

    /// <summary>One long request and many short ones: an exit moves so much and no more, and all is done in the end, in order.</summary>
    [Fact]
    public void Work_is_bounded_and_goes_on_before_the_next_entry()
    {
        const int length = 3 * VirtioBlock.BytesPerTurn;
        using var file = new DiskFile(length);
        var (driver, queue) = Start(file.Image);
        var device = (VirtioBlock)driver.Function.Device;
        WriteHeader(BlockRequestType.Read, 0);
        queue.Offer((Header, 16, false), (Data, length, true), (Status, 1, true));
        driver.Ring(0);
        queue.TakeUsed().Should().BeEmpty();
        device.BytesRead.Should().Be(VirtioBlock.BytesPerTurn);
        driver.Ring(0);
        device.BytesRead.Should().Be(2 * VirtioBlock.BytesPerTurn, "a doorbell in between is a turn too");
        while (_machine.Machine.HasWork) _machine.Machine.DoWork();
        queue.TakeUsed().Should().HaveCount(1);
        _machine.Memory.Slice((int)Data, length).SequenceEqual(file.Original).Should().BeTrue();

        queue.Recycle();
        for (int i = 0; i < 80; i++) queue.Offer((Header, 16, false), (Data, Sector, true), (Status, 1, true));
        driver.Ring(0);
        int first = queue.TakeUsed().Count;
        first.Should().BeInRange(1, 79);
        while (_machine.Machine.HasWork) _machine.Machine.DoWork();
        (first + queue.TakeUsed().Count).Should().Be(80);
    }

    [Fact]
    public void A_reset_in_the_midst_of_a_request_forgets_it()
    {
        const int length = 3 * VirtioBlock.BytesPerTurn;
        using var file = new DiskFile(length);
        var (driver, queue) = Start(file.Image);
        WriteHeader(BlockRequestType.Read, 0);
        queue.Offer((Header, 16, false), (Data, length, true), (Status, 1, true));
        driver.Ring(0);
        queue = Restart(driver);
        _machine.Memory.Slice((int)Data, length).Clear();
        while (_machine.Machine.HasWork) _machine.Machine.DoWork();
        queue.TakeUsed().Should().BeEmpty();
        _machine.Memory.Slice((int)Data, length).ToArray().Should().OnlyContain(value => value == 0);
        Do(driver, queue, BlockRequestType.Read, 5, [(Data, Sector, true)]).Should().Be(BlockStatus.Ok);
    }

    /// <summary>Any chains of any buffers over memory full of anything: never a fault, and never the file changed.</summary>
    [Fact]
    public void Whatever_a_guest_offers_nothing_but_its_own_disk_suffers()
    {
        var buffer =
            from address in Gen.Elements(Header, Data, Status, Data + 8, (4UL << 20) - 1, ulong.MaxValue - 10)
            from length in Gen.Elements(0, 1, 15, 16, 17, Sector, Sector + 1, 0x1_0000)
            from write in Gen.Elements(true, false)
            select (address, length, write);
        var chain = from type in Gen.Choose(0, 14) from sector in Gen.Choose(0, Sectors + 1) from buffers in buffer.ArrayOf() select (type, sector, buffers);
        Prop.ForAll(chain.ArrayOf().ToArbitrary(), chains =>
        {
            CopyOnWriteImage image = Writable();
            var (driver, queue) = Start(image);
            foreach (var (type, sector, buffers) in chains)
            {
                if (buffers.Length is 0 or > 100) continue;
                WriteHeader((BlockRequestType)type, (ulong)sector);
                queue.Recycle();
                queue.Offer(buffers);
                driver.Ring(0);
                while (_machine.Machine.HasWork) _machine.Machine.DoWork();
                if ((driver.Status & VirtioStatus.DeviceNeedsReset) != 0) queue = Restart(driver);
            }

            _file.IsUnchanged.Should().BeTrue();
            image.Free(_pages);
        }).QuickCheckThrowOnFailure();
    }

    private CopyOnWriteImage Writable() => CopyOnWriteImage.TryCreate(_file.Image, _pages, _file.Image.Length)!;

    private (VirtioDriver Driver, VirtqueueDriver Queue) Start(BlockImage image)
    {
        var driver = new VirtioDriver(_machine, new VirtioBlock(_machine.Machine, image, "root"u8));
        return (driver, Restart(driver));
    }

    private VirtqueueDriver Restart(VirtioDriver driver)
    {
        driver.Negotiate(driver.OfferedFeatures).Should().BeTrue();
        VirtqueueDriver queue = driver.SetUp(0, Rings, 256);
        driver.Start();
        _machine.Machine.DoWork();
        return queue;
    }

    private void WriteHeader(BlockRequestType type, ulong sector) =>
        MemoryMarshal.Write(_machine.Memory[(int)Header..], new BlockRequestHeader { Type = type, Sector = sector });

    /// <summary>Does one request to its end.</summary>
    private BlockStatus Do(
        VirtioDriver driver, VirtqueueDriver queue, BlockRequestType type, ulong sector, IEnumerable<(ulong Address, int Length, bool Write)> data, int headerCut = 16)
    {
        WriteHeader(type, sector);
        _machine.Memory[(int)Status] = NoStatus;
        queue.Recycle();
        queue.Offer([(Header, headerCut, false), (Header + (ulong)headerCut, 16 - headerCut, false), .. data, (Status, 1, true)]);
        driver.Ring(0);
        while (_machine.Machine.HasWork) _machine.Machine.DoWork();
        queue.TakeUsed().Should().HaveCount(1);
        return (BlockStatus)_machine.Memory[(int)Status];
    }
}
