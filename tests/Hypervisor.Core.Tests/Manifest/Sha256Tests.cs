using System;
using System.Collections.Generic;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Reference = System.Security.Cryptography.SHA256;

namespace Lamina.Core.Tests;

/// <summary>Against NIST's examples and .NET's own.</summary>
public sealed class Sha256Tests
{
    [Theory]
    [InlineData("", "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")]
    [InlineData("abc", "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248D6A61D20638B8E5C026930C3E6039A33CE45964FF2167F6ECEDD419DB06C1")]
    public void The_published_examples_come_out(string text, string digest) =>
        Convert.ToHexString(Hash(Encoding.ASCII.GetBytes(text))).Should().Be(digest);

    [Fact]
    public void Each_length_around_the_padding_is_right()
    {
        byte[] bytes = new byte[260];
        new Random(1).NextBytes(bytes);
        for (int length = 0; length <= bytes.Length; length++)
            Hash(bytes.AsSpan(0, length)).Should().Equal(Reference.HashData(bytes.AsSpan(0, length)), "of {0} bytes", length);
    }

    [Fact]
    public void However_a_message_is_cut_the_digest_is_the_same() => Prop.ForAll(
        Gen.Choose(0, 2000).ToArbitrary(), Gen.Choose(0, 200).ArrayOf().ToArbitrary(), (length, pieces) =>
        {
            byte[] bytes = new byte[length];
            new Random(length).NextBytes(bytes);
            var hash = new Sha256();
            // What was begun and not ended leaves nothing behind.
            hash.Add([1, 2, 3]);
            hash.Start();
            int added = 0;
            foreach (int piece in pieces)
            {
                int taken = Math.Min(piece, bytes.Length - added);
                hash.Add(bytes.AsSpan(added, taken));
                added += taken;
            }

            hash.Add(bytes.AsSpan(added));
            byte[] digest = new byte[Sha256.DigestLength];
            hash.Finish(digest);
            digest.Should().Equal(Reference.HashData(bytes));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_flipped_bit_is_seen()
    {
        byte[] bytes = new byte[200];
        var digests = new HashSet<string> { Convert.ToHexString(Hash(bytes)) };
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            digests.Add(Convert.ToHexString(Hash(bytes))).Should().BeTrue("bit {0} is part of the message", bit);
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    private static byte[] Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = new Sha256();
        hash.Add(bytes);
        byte[] digest = new byte[Sha256.DigestLength];
        hash.Finish(digest);
        return digest;
    }
}
