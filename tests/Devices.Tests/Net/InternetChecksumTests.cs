using System;
using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;

namespace Lamina.Devices.Tests.Net;

public class InternetChecksumTests
{
    private static ushort BigEndian(ushort inMemory) => BinaryPrimitives.ReverseEndianness(inMemory);

    [Fact]
    public void Every_length_at_every_alignment_sums_up_as_word_by_word()
    {
        var data = new byte[400];
        new Random(1).NextBytes(data);
        for (int start = 0; start < 16; start++)
        {
            for (int length = 0; start + length <= data.Length; length++)
            {
                var part = data.AsSpan(start, length);
                BigEndian(InternetChecksum.Fold(InternetChecksum.Add(0, part))).Should().Be(TestFrames.Sum(part), "of {0} bytes from {1}", length, start);
            }
        }
    }

    [Fact]
    public void Any_bytes_sum_up_as_word_by_word() =>
        Prop.ForAll<byte[]>(data => BigEndian(InternetChecksum.Fold(InternetChecksum.Add(0, data))) == TestFrames.Sum(data)).QuickCheckThrowOnFailure();

    [Fact]
    public void The_largest_sum_loses_no_carry()
    {
        var ones = new byte[WireRing.MaxFrameBytes];
        Array.Fill(ones, (byte)0xFF);
        InternetChecksum.Fold(InternetChecksum.Add((1UL << 48) - 1, ones)).Should().Be(0xFFFF);
    }

    [Fact]
    public void Any_sum_folds_to_its_residue() =>
        Prop.ForAll<ulong>(sum =>
        {
            ushort folded = InternetChecksum.Fold(sum);
            return folded % 0xFFFFul == sum % 0xFFFF && folded == 0 == (sum == 0);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_completed_checksum_is_right_and_never_zero()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var frame = TestFrames.Tcp(v6: seed % 2 == 0, payload: seed * 7 % 100, seed: seed);
            TcpFrame.TryParse(frame, out var tcp);
            InternetChecksum.Complete(frame, tcp.Transport, 16);
            TestFrames.IsTcpChecksumRight(frame).Should().BeTrue();
        }
        byte[] ones = [0xFF, 0xFF, 0, 0];
        InternetChecksum.Complete(ones, 0, 2);
        ones.Should().Equal(0xFF, 0xFF, 0xFF, 0xFF);
    }
}
