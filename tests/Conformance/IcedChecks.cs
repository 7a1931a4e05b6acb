using System;
using Iced.Intel;

namespace Lamina.Conformance;

/// <summary>The shipped Iced, which the image decodes guest instructions with: pseudo-random bytes give the same instructions.</summary>
internal static class IcedChecks
{
    private const int Rounds = 3000;

    internal static void Run(Platform platform)
    {
        byte[] code = new byte[16];
        var reader = new ByteArrayCodeReader(code);
        foreach (int bitness in (ReadOnlySpan<int>)[16, 32, 64])
        {
            Decoder decoder = Decoder.Create(bitness, reader);
            ulong seed = 1;
            ulong hash = 0;
            for (int i = 0; i < Rounds; i++)
            {
                for (int j = 0; j < code.Length; j++)
                {
                    seed = unchecked((seed * 6364136223846793005) + 1442695040888963407);
                    code[j] = (byte)(seed >> 56);
                }

                reader.Position = 0;
                decoder.IP = 0x1000;
                decoder.Decode(out Instruction instruction);
                hash = unchecked((hash * 31) + (ulong)instruction.Code + ((ulong)instruction.Length << 16) + ((ulong)instruction.OpCount << 24));
                hash = unchecked((hash * 31) + (ulong)instruction.Op0Kind + ((ulong)instruction.MemoryBase << 8) + instruction.MemoryDisplacement64);
            }

            platform.Hex("decoded", hash);
        }
    }
}
