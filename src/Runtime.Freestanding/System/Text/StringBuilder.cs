namespace System.Text;

/// <summary>Text that grows. What it outgrows stays in the arena.</summary>
public sealed class StringBuilder
{
    private const int FirstCapacity = 16;

    private char[] _text;
    private int _length;

    public StringBuilder()
        : this(FirstCapacity)
    {
    }

    public StringBuilder(int capacity) => _text = new char[capacity];

    public int Length => _length;

    public StringBuilder Append(char value)
    {
        Reserve(1);
        _text[_length++] = value;
        return this;
    }

    public StringBuilder Append(string? value) => Append((ReadOnlySpan<char>)value);

    public StringBuilder Append(ReadOnlySpan<char> value)
    {
        Reserve(value.Length);
        value.CopyTo(new Span<char>(_text, _length, value.Length));
        _length += value.Length;
        return this;
    }

    public StringBuilder Append(bool value) => Append(value.ToString());

    public StringBuilder Append(int value) => Append(value.ToString());

    public StringBuilder Append(uint value) => Append(value.ToString());

    public StringBuilder Append(long value) => Append(value.ToString());

    public StringBuilder Append(ulong value) => Append(value.ToString());

    public StringBuilder Append(object? value) => Append(value?.ToString());

    public override string ToString() => new(_text, 0, _length);

    private void Reserve(int more)
    {
        int needed = checked(_length + more);
        if (needed > _text.Length)
        {
            Array.Resize(ref _text!, Math.Max(needed, _text.Length * 2));
        }
    }
}
