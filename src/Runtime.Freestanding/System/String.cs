using System.Runtime.CompilerServices;
using Internal.Runtime;

namespace System;

/// <summary>UTF-16 text. The compiler knows the two fields and turns each constructor into the Ctor of the same parameters.</summary>
public sealed unsafe class String : IEquatable<string>, IComparable<string>
{
    public static readonly string Empty = "";

    private readonly int _stringLength;
    private char _firstChar;

    [MethodImpl(MethodImplOptions.InternalCall)]
    public extern String(char[]? value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    public extern String(char[] value, int startIndex, int length);

    [MethodImpl(MethodImplOptions.InternalCall)]
    public extern String(char* value, int startIndex, int length);

    [MethodImpl(MethodImplOptions.InternalCall)]
    public extern String(char c, int count);

    [MethodImpl(MethodImplOptions.InternalCall)]
    public extern String(ReadOnlySpan<char> value);

    public int Length
    {
        [Intrinsic]
        get => _stringLength;
    }

    [IndexerName("Chars")]
    public char this[int index]
    {
        [Intrinsic]
        get
        {
            if ((uint)index >= (uint)_stringLength)
            {
                Fault.Raise(FaultReason.IndexOutOfRange);
            }

            return Unsafe.Add(ref _firstChar, index);
        }
    }

    public static implicit operator ReadOnlySpan<char>(string? value) =>
        value == null ? default : new ReadOnlySpan<char>(ref value._firstChar, value._stringLength);

    public static bool operator ==(string? left, string? right) => Equals(left, right);

    public static bool operator !=(string? left, string? right) => !Equals(left, right);

    public ref readonly char GetPinnableReference() => ref _firstChar;

    internal ref char GetRawStringData() => ref _firstChar;

    public static bool IsNullOrEmpty(string? value) => value == null || value.Length == 0;

    public static bool Equals(string? left, string? right) => ReferenceEquals(left, right)
        || (left is not null && right is not null && left._stringLength == right._stringLength && SpanHelpers.SequenceEqual(
            ref Unsafe.As<char, byte>(ref left._firstChar), ref Unsafe.As<char, byte>(ref right._firstChar), (nuint)left._stringLength * 2));

    public bool Equals(string? other) => Equals(this, other);

    public override bool Equals(object? other) => other is string text && Equals(this, text);

    public override int GetHashCode()
    {
        // FNV-1a, on UTF-16 units.
        uint hash = 2166136261;
        for (int i = 0; i < _stringLength; i++)
        {
            hash = unchecked((hash ^ Unsafe.Add(ref _firstChar, i)) * 16777619);
        }

        return unchecked((int)hash);
    }

    /// <summary>Ordinal, unlike .NET's, which asks the culture.</summary>
    public int CompareTo(string? other) => other is null ? 1 : CompareOrdinal(this, other);

    public static int CompareOrdinal(string? left, string? right)
    {
        if (left is null || right is null)
        {
            return left is null ? (right is null ? 0 : -1) : 1;
        }

        int common = Math.Min(left.Length, right.Length);
        for (int i = 0; i < common; i++)
        {
            if (left[i] != right[i])
            {
                return left[i] - right[i];
            }
        }

        return left.Length - right.Length;
    }

    public override string ToString() => this;

    public string Substring(int startIndex) => Substring(startIndex, _stringLength - startIndex);

    public string Substring(int startIndex, int length) => new(((ReadOnlySpan<char>)this).Slice(startIndex, length));

    public int IndexOf(char value)
    {
        for (int i = 0; i < _stringLength; i++)
        {
            if (Unsafe.Add(ref _firstChar, i) == value)
            {
                return i;
            }
        }

        return -1;
    }

    public bool Contains(char value) => IndexOf(value) >= 0;

    public bool StartsWith(char value) => _stringLength != 0 && _firstChar == value;

    public char[] ToCharArray() => ((ReadOnlySpan<char>)this).ToArray();

    /// <summary>The format as it is: it is asked for only to make the message of an exception, which no one catches here.</summary>
    public static string Format(string format, object? arg0) => format;

    public static string Concat(string? str0, string? str1) => Concat(str0, str1, null, null);

    public static string Concat(string? str0, string? str1, string? str2) => Concat(str0, str1, str2, null);

    public static string Concat(string? str0, string? str1, string? str2, string? str3) =>
        Concat((ReadOnlySpan<char>)str0, str1, str2, str3);

    public static string Concat(ReadOnlySpan<char> str0, ReadOnlySpan<char> str1) => Concat(str0, str1, default, default);

    public static string Concat(ReadOnlySpan<char> str0, ReadOnlySpan<char> str1, ReadOnlySpan<char> str2) =>
        Concat(str0, str1, str2, default);

    public static string Concat(ReadOnlySpan<char> str0, ReadOnlySpan<char> str1, ReadOnlySpan<char> str2, ReadOnlySpan<char> str3)
    {
        string text = Allocate(checked(str0.Length + str1.Length + str2.Length + str3.Length));
        Span<char> rest = new(ref text._firstChar, text._stringLength);
        Append(ref rest, str0);
        Append(ref rest, str1);
        Append(ref rest, str2);
        Append(ref rest, str3);
        return text;
    }

    public static string Concat(params string?[] values)
    {
        int length = 0;
        for (int i = 0; i < values.Length; i++)
        {
            length = checked(length + (values[i]?.Length ?? 0));
        }

        string text = Allocate(length);
        Span<char> rest = new(ref text._firstChar, length);
        for (int i = 0; i < values.Length; i++)
        {
            Append(ref rest, values[i]);
        }

        return text;
    }

    private static void Append(ref Span<char> rest, ReadOnlySpan<char> text)
    {
        text.CopyTo(rest);
        rest = rest.Slice(text.Length);
    }

    /// <summary>A string of zeros, to be filled before anyone else sees it; behind its last character is one more zero.</summary>
    internal static string Allocate(int length)
    {
        if (length == 0)
        {
            return Empty;
        }

        void* memory = Allocator.NewArray(Empty.ObjectType, length);
        return Unsafe.As<nint, string>(ref *(nint*)&memory);
    }

    private static string Ctor(char[]? value) => Ctor(new ReadOnlySpan<char>(value));

    private static string Ctor(char[] value, int startIndex, int length) => Ctor(new ReadOnlySpan<char>(value, startIndex, length));

    private static string Ctor(char* value, int startIndex, int length) => Ctor(new ReadOnlySpan<char>(value + startIndex, length));

    private static string Ctor(char c, int count)
    {
        string text = Allocate(count);
        new Span<char>(ref text._firstChar, text._stringLength).Fill(c);
        return text;
    }

    private static string Ctor(ReadOnlySpan<char> value)
    {
        string text = Allocate(value.Length);
        value.CopyTo(new Span<char>(ref text._firstChar, text._stringLength));
        return text;
    }
}
