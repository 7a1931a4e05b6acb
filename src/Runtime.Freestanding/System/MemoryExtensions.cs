using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace System;

/// <summary>Comparing goes bit by bit where .NET does so too: for types of which IEquatable says no other.</summary>
public static class MemoryExtensions
{
    public static Span<T> AsSpan<T>(this T[]? array) => new(array);

    public static Span<T> AsSpan<T>(this T[]? array, int start) =>
        array == null ? default : new Span<T>(array).Slice(start);

    public static Span<T> AsSpan<T>(this T[]? array, int start, int length) => new(array, start, length);

    /// <summary>What the language's conversion of a string to a span becomes.</summary>
    public static ReadOnlySpan<char> AsSpan(this string? text) =>
        text is null ? default : new ReadOnlySpan<char>(ref text.GetRawStringData(), text.Length);

    public static ReadOnlySpan<char> AsSpan(this string? text, int start) => ((ReadOnlySpan<char>)text).Slice(start);

    public static ReadOnlySpan<char> AsSpan(this string? text, int start, int length) => ((ReadOnlySpan<char>)text).Slice(start, length);

    public static void CopyTo<T>(this T[]? source, Span<T> destination) => new ReadOnlySpan<T>(source).CopyTo(destination);

    public static bool SequenceEqual<T>(this Span<T> span, ReadOnlySpan<T> other)
        where T : IEquatable<T>? => SequenceEqual((ReadOnlySpan<T>)span, other);

    public static bool SequenceEqual<T>(this ReadOnlySpan<T> span, ReadOnlySpan<T> other)
        where T : IEquatable<T>?
    {
        if (span.Length != other.Length)
        {
            return false;
        }

        for (int i = 0; i < span.Length; i++)
        {
            if (!AreEqual(span[i], other[i]))
            {
                return false;
            }
        }

        return true;
    }

    public static bool StartsWith<T>(this ReadOnlySpan<T> span, ReadOnlySpan<T> value)
        where T : IEquatable<T>? => value.Length <= span.Length && span.Slice(0, value.Length).SequenceEqual(value);

    public static bool StartsWith<T>(this Span<T> span, ReadOnlySpan<T> value)
        where T : IEquatable<T>? => StartsWith((ReadOnlySpan<T>)span, value);

    public static bool EndsWith<T>(this ReadOnlySpan<T> span, ReadOnlySpan<T> value)
        where T : IEquatable<T>? => value.Length <= span.Length && span.Slice(span.Length - value.Length).SequenceEqual(value);

    public static int IndexOf<T>(this Span<T> span, T value)
        where T : IEquatable<T>? => IndexOf((ReadOnlySpan<T>)span, value);

    public static int IndexOf<T>(this ReadOnlySpan<T> span, T value)
        where T : IEquatable<T>?
    {
        for (int i = 0; i < span.Length; i++)
        {
            if (AreEqual(span[i], value))
            {
                return i;
            }
        }

        return -1;
    }

    public static int IndexOf<T>(this ReadOnlySpan<T> span, ReadOnlySpan<T> value)
        where T : IEquatable<T>?
    {
        for (int i = 0; i <= span.Length - value.Length; i++)
        {
            if (span.Slice(i, value.Length).SequenceEqual(value))
            {
                return i;
            }
        }

        return -1;
    }

    public static bool Contains<T>(this ReadOnlySpan<T> span, T value)
        where T : IEquatable<T>? => IndexOf(span, value) >= 0;

    public static bool Contains<T>(this Span<T> span, T value)
        where T : IEquatable<T>? => IndexOf((ReadOnlySpan<T>)span, value) >= 0;

    public static bool ContainsAnyExcept<T>(this ReadOnlySpan<T> span, T value)
        where T : IEquatable<T>?
    {
        for (int i = 0; i < span.Length; i++)
        {
            if (!AreEqual(span[i], value))
            {
                return true;
            }
        }

        return false;
    }

    public static void Reverse<T>(this Span<T> span)
    {
        for (int i = 0, last = span.Length - 1; i < last; i++, last--)
        {
            (span[i], span[last]) = (span[last], span[i]);
        }
    }

    public static ReadOnlySpan<T> TrimEnd<T>(this ReadOnlySpan<T> span, T trimElement)
        where T : IEquatable<T>?
    {
        int length = span.Length;
        while (length > 0 && AreEqual(span[length - 1], trimElement))
        {
            length--;
        }

        return span.Slice(0, length);
    }

    private static bool AreEqual<T>(T one, T other)
        where T : IEquatable<T>? => one == null ? other == null : one.Equals(other);
}
