namespace Lamina.Conformance;

/// <summary>What differs between the host and the metal: where lines go, and how code that cannot go on is caught.</summary>
public abstract unsafe class Platform
{
    /// <summary>Says one line.</summary>
    public abstract void Line(string text);

    /// <summary>Runs code and says which fault ended it, or "none".</summary>
    public abstract string FaultOf(delegate*<void> code);

    /// <summary>Says "name: value".</summary>
    public void Line(string name, string value) => Line(string.Concat(name, ": ", value));

    /// <summary>Says "name: value".</summary>
    public void Line(string name, long value) => Line(name, value.ToString());

    /// <summary>Says "name: value", in hexadecimal.</summary>
    public void Hex(string name, ulong value) => Line(name, value.ToString("x"));

    /// <summary>Says "name: True" or "name: False".</summary>
    public void Line(string name, bool value) => Line(name, value ? "True" : "False");
}
