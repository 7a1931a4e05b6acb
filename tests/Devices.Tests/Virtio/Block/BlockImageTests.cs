using System;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;

namespace Lamina.Devices.Tests.Virtio.Block;

public sealed class BlockImageTests
{
    private const int Block = BlockStore.BlockSize;
    private const int Sector = BlockImage.SectorSize;

    /// <summary>Five blocks and a bit: the last block of the disk is a short one.</summary>
    private const int Length = 5 * Block + 3 * Sector;

    [Fact]
    public void A_file_is_a_disk_of_its_whole_sectors_that_cannot_be_written()
    {
        using var file = new DiskFile(3 * Sector + 100);
        file.Image.SectorCount.Should().Be(3);
        file.Image.IsReadOnly.Should().BeTrue();
        byte[] read = new byte[3 * Sector];
        file.Image.Read(0, read).Should().BeTrue();
        read.AsSpan().SequenceEqual(file.Original[..read.Length]).Should().BeTrue();
        file.Image.Write(0, read).Should().BeFalse();
        file.Image.WriteZeroes(0, Sector).Should().BeFalse();
        file.Image.Discard(0, Sector).Should().BeFalse();
        file.IsUnchanged.Should().BeTrue();
    }

    [Fact]
    public void What_is_outside_is_refused_whatever_the_numbers()
    {
        using var file = new DiskFile(Length);
        using var pages = new DiskPages();
        CopyOnWriteImage image = CopyOnWriteImage.TryCreate(file.Image, pages, Length)!;
        byte[] sector = new byte[Sector];
        foreach (ulong offset in (ulong[])[Length - Sector + 1, Length, ulong.MaxValue - Sector, ulong.MaxValue])
        {
            file.Image.Read(offset, sector).Should().BeFalse();
            image.Read(offset, sector).Should().BeFalse();
            image.Write(offset, sector).Should().BeFalse();
            image.WriteZeroes(offset, Sector).Should().BeFalse();
            image.Discard(offset, Sector).Should().BeFalse();
        }

        image.Discard(Sector, ulong.MaxValue).Should().BeFalse();
        image.HeldBlocks.Should().Be(0);
        file.Bytes.TryRead(Length - 1, new byte[2]).Should().BeFalse();
        file.Bytes.TryRead(Length, []).Should().BeTrue();
    }

    private enum Action
    {
        Read,
        Write,
        Zero,
        Discard,
    }

    /// <summary>Any requests on any ranges, beside a plain array; and the file never changes.</summary>
    [Fact]
    public void A_disk_that_can_be_written_is_an_array_of_bytes()
    {
        var step =
            from action in Gen.Elements(Action.Read, Action.Write, Action.Zero, Action.Discard)
            from first in Gen.Choose(0, Length / Sector - 1)
            from count in Gen.Choose(0, Length / Sector)
            select (Action: action, First: first, Count: Math.Min(count, Length / Sector - first));
        Prop.ForAll(step.ArrayOf().ToArbitrary(), steps =>
        {
            using var file = new DiskFile(Length);
            using var pages = new DiskPages();
            CopyOnWriteImage image = CopyOnWriteImage.TryCreate(file.Image, pages, Length)!;
            byte[] model = file.Original.ToArray();
            byte fill = 0;
            foreach (var (action, first, count) in steps)
            {
                int offset = first * Sector, length = count * Sector;
                switch (action)
                {
                    case Action.Read:
                        byte[] read = new byte[length];
                        image.Read((ulong)offset, read).Should().BeTrue();
                        read.AsSpan().SequenceEqual(model.AsSpan(offset, length)).Should().BeTrue();
                        break;
                    case Action.Write:
                        model.AsSpan(offset, length).Fill(++fill);
                        image.Write((ulong)offset, model.AsSpan(offset, length)).Should().BeTrue();
                        break;
                    case Action.Zero:
                        model.AsSpan(offset, length).Clear();
                        image.WriteZeroes((ulong)offset, (ulong)length).Should().BeTrue();
                        break;
                    default:
                        // Whole blocks, of which the disk's last is a short one, become zero; the rest stays.
                        int from = (offset + Block - 1) / Block * Block, to = offset + length == Length ? Length : (offset + length) / Block * Block;
                        if (from < to) model.AsSpan(from..to).Clear();
                        image.Discard((ulong)offset, (ulong)length).Should().BeTrue();
                        break;
                }
            }

            byte[] all = new byte[Length];
            image.Read(0, all).Should().BeTrue();
            all.AsSpan().SequenceEqual(model).Should().BeTrue();
            file.IsUnchanged.Should().BeTrue();
            image.HeldBlocks.Should().BeLessThanOrEqualTo((Length + Block - 1) / Block);
            image.RefusedWrites.Should().Be(0);
            image.Free(pages);
            pages.Taken.Should().Be(0);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Two_disks_of_one_file_are_apart()
    {
        using var file = new DiskFile(Length);
        using var pages = new DiskPages();
        CopyOnWriteImage first = CopyOnWriteImage.TryCreate(file.Image, pages, Length)!, second = CopyOnWriteImage.TryCreate(file.Image, pages, Length)!;
        first.Write(100, "mine"u8).Should().BeTrue();
        byte[] read = new byte[Length];
        second.Read(0, read).Should().BeTrue();
        read.AsSpan().SequenceEqual(file.Original).Should().BeTrue();
        file.IsUnchanged.Should().BeTrue();
    }

    [Fact]
    public void A_write_that_needs_a_block_too_many_fails_and_is_counted_and_the_rest_goes_on()
    {
        using var file = new DiskFile(Length);
        using var pages = new DiskPages();
        CopyOnWriteImage image = CopyOnWriteImage.TryCreate(file.Image, pages, 2 * Block)!;
        image.MostBlocks.Should().Be(2);
        image.Write(0, "a"u8).Should().BeTrue();
        image.Write(Block, "b"u8).Should().BeTrue();
        image.Write(2 * Block, "c"u8).Should().BeFalse();
        image.WriteZeroes(2 * Block + 1, 1).Should().BeFalse();
        image.RefusedWrites.Should().Be(2);
        byte[] read = new byte[1];
        image.Read(2 * Block, read).Should().BeTrue();
        read[0].Should().Be(file.Original[2 * Block]);

        image.Write(1, "a"u8).Should().BeTrue("this block is held already");
        image.WriteZeroes(3 * Block, Block).Should().BeTrue("zeroes take none");
        image.Discard(0, Block).Should().BeTrue();
        image.HeldBlocks.Should().Be(1);
        image.Write(2 * Block, "c"u8).Should().BeTrue("a block was given back");
        image.Write(0, "a"u8).Should().BeFalse();
    }

    [Fact]
    public void A_block_that_was_another_ones_shows_nothing_of_it()
    {
        using var file = new DiskFile(Length);
        using var pages = new DiskPages();
        CopyOnWriteImage image = CopyOnWriteImage.TryCreate(file.Image, pages, Block)!;
        image.Write(0, Enumerable.Repeat((byte)0x55, Block).ToArray()).Should().BeTrue();
        image.Discard(0, Block).Should().BeTrue();
        image.Write(0, [7]).Should().BeTrue();
        byte[] read = new byte[Block];
        image.Read(0, read).Should().BeTrue();
        read.Should().Equal(Enumerable.Range(0, Block).Select(i => (byte)(i == 0 ? 7 : 0)));
    }

    /// <summary>Memory that ends at any of the pages asked for: nothing is kept of what was taken before.</summary>
    [Fact]
    public void Without_enough_memory_there_is_no_disk_and_nothing_taken()
    {
        using var file = new DiskFile(300 * Block);
        using var all = new DiskPages();
        CopyOnWriteImage.TryCreate(file.Image, all, 300 * Block).Should().NotBeNull();
        for (int capacity = 0; capacity < all.Taken; capacity += 7)
        {
            using var pages = new DiskPages(capacity);
            CopyOnWriteImage.TryCreate(file.Image, pages, 300 * Block).Should().BeNull();
            pages.Taken.Should().Be(0);
        }
    }

    [Fact]
    public void A_disk_may_hold_nothing_at_all()
    {
        using var file = new DiskFile(Length);
        using var pages = new DiskPages();
        CopyOnWriteImage image = CopyOnWriteImage.TryCreate(file.Image, pages, 0)!;
        image.Write(0, [1]).Should().BeFalse();
        image.RefusedWrites.Should().Be(1);
        using var empty = new DiskFile(100);
        CopyOnWriteImage.TryCreate(empty.Image, pages, 0).Should().BeNull("there is no sector on it");
    }
}
