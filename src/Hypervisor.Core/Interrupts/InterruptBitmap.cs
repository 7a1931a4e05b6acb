using System.Numerics;

namespace Lamina.Core;

/// <summary>
/// One bit a vector, as IRR, ISR and TMR hold them (AMD APM vol. 2, 16.6.2; Intel SDM vol. 3, 11.8.4). The highest vector is found in a few instructions.
/// </summary>
public struct InterruptBitmap
{
    private ulong _vectors0To63, _vectors64To127, _vectors128To191, _vectors192To255;

    /// <summary>What <see cref="Highest"/> says of an empty map.</summary>
    public const int None = -1;

    /// <summary>The highest vector whose bit is set, or <see cref="None"/>.</summary>
    public readonly int Highest
    {
        get
        {
            if (_vectors192To255 != 0) return 192 + BitOperations.Log2(_vectors192To255);
            if (_vectors128To191 != 0) return 128 + BitOperations.Log2(_vectors128To191);
            if (_vectors64To127 != 0) return 64 + BitOperations.Log2(_vectors64To127);
            if (_vectors0To63 != 0) return BitOperations.Log2(_vectors0To63);
            return None;
        }
    }

    /// <summary>Whether a vector's bit is set.</summary>
    public bool this[byte vector]
    {
        readonly get => (Quarter(vector >> 6) >> (vector & 63) & 1) != 0;
        set
        {
            ulong bit = 1UL << (vector & 63);
            ref ulong quarter = ref QuarterReference(vector >> 6);
            quarter = value ? quarter | bit : quarter & ~bit;
        }
    }

    /// <summary>32 vectors as a register shows them: <paramref name="index"/> 0 (vectors 0 to 31) to 7.</summary>
    public readonly uint Register(int index) => (uint)(Quarter(index >> 1) >> (index & 1) * 32);

    private readonly ulong Quarter(int index) => index switch
    {
        0 => _vectors0To63,
        1 => _vectors64To127,
        2 => _vectors128To191,
        _ => _vectors192To255,
    };

    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    private ref ulong QuarterReference(int index)
    {
        switch (index)
        {
            case 0: return ref _vectors0To63;
            case 1: return ref _vectors64To127;
            case 2: return ref _vectors128To191;
            default: return ref _vectors192To255;
        }
    }
}
