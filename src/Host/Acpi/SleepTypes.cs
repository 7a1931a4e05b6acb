using System;

namespace Lamina.Host;

/// <summary>
/// The values that the <c>_S5</c> object of the DSDT or an SSDT gives for soft off (ACPI 6.5, 7.4.2.5). AML is not run:
/// the object is a constant package, found by its bytes and checked.
/// </summary>
public readonly struct SleepTypes
{
    // AML (ACPI 6.5, 20.2).
    private const byte ZeroOp = 0x00;
    private const byte OneOp = 0x01;
    private const byte NameOp = 0x08;
    private const byte BytePrefix = 0x0A;
    private const byte WordPrefix = 0x0B;
    private const byte DWordPrefix = 0x0C;
    private const byte PackageOp = 0x12;
    private const byte RootChar = (byte)'\\';

    private const int MaximumSleepType = 7;

    /// <summary>SLP_TYP of PM1a control.</summary>
    public readonly byte Pm1a;

    /// <summary>SLP_TYP of PM1b control.</summary>
    public readonly byte Pm1b;

    private SleepTypes(byte pm1a, byte pm1b)
    {
        Pm1a = pm1a;
        Pm1b = pm1b;
    }

    /// <summary>Looks for <c>Name (_S5, Package (…) { a, b, … })</c> in the bytes of a definition block.</summary>
    /// <returns>False when there is no such object, or it is not made of two small constants.</returns>
    public static bool TryFind(ReadOnlySpan<byte> aml, out SleepTypes types)
    {
        types = default;
        for (int at = 1; at <= aml.Length - 5; at++)
        {
            if (aml[at] != '_' || aml[at + 1] != 'S' || aml[at + 2] != '5' || aml[at + 3] != '_')
                continue;
            bool named = aml[at - 1] == NameOp || (at >= 2 && aml[at - 1] == RootChar && aml[at - 2] == NameOp);
            if (named && TryReadPackage(aml[(at + 4)..], out types))
                return true;
        }

        return false;
    }

    private static bool TryReadPackage(ReadOnlySpan<byte> aml, out SleepTypes types)
    {
        types = default;
        if (aml.Length < 2 || aml[0] != PackageOp)
            return false;

        // PkgLength: bits 7:6 of the lead byte say how many bytes follow it; it counts itself.
        int lengthBytes = aml[1] >> 6;
        if (aml.Length < 2 + lengthBytes)
            return false;
        int length = lengthBytes == 0 ? aml[1] & 0x3F : aml[1] & 0x0F;
        for (int i = 0; i < lengthBytes; i++)
            length |= aml[2 + i] << (4 + (8 * i));
        if (length > aml.Length - 1)
            return false;

        ReadOnlySpan<byte> body = aml.Slice(1, length);
        int at = 1 + lengthBytes;
        if (at >= body.Length || body[at] < 1)
            return false;
        int elements = body[at++];
        if (!TryReadConstant(body, ref at, out uint first))
            return false;

        // A package of one element packs both values (some firmware does); the second is in the next byte.
        uint second = first >> 8;
        if (elements > 1 && !TryReadConstant(body, ref at, out second))
            return false;
        if (elements == 1)
            first &= 0xFF;
        if (first > MaximumSleepType || second > MaximumSleepType)
            return false;
        types = new SleepTypes((byte)first, (byte)second);
        return true;
    }

    private static bool TryReadConstant(ReadOnlySpan<byte> aml, ref int at, out uint value)
    {
        value = 0;
        if (at >= aml.Length)
            return false;
        int size;
        switch (aml[at++])
        {
            case ZeroOp:
                return true;
            case OneOp:
                value = 1;
                return true;
            case BytePrefix:
                size = 1;
                break;
            case WordPrefix:
                size = 2;
                break;
            case DWordPrefix:
                size = 4;
                break;
            default:
                return false;
        }

        if (size > aml.Length - at)
            return false;
        for (int i = 0; i < size; i++)
            value |= (uint)aml[at++] << (8 * i);
        return true;
    }
}
