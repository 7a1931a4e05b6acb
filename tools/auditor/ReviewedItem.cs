namespace Lamina.Auditor;

/// <summary>A function, or a pattern of functions, that a person has judged.</summary>
public sealed class ReviewedItem
{
    /// <summary>Its name; * stands for anything.</summary>
    public string Name { get; set; } = "";

    /// <summary>Why the judgement is right.</summary>
    public string Reason { get; set; } = "";

    /// <summary>Of a stack: its size in bytes.</summary>
    public int Bytes { get; set; }

    /// <summary>Of a recursion: how deep it goes at most.</summary>
    public int Depth { get; set; }

    /// <summary>Of an impossible edge: the function that is never called from <see cref="Name"/>.</summary>
    public string To { get; set; } = "";

    /// <summary>Whether <paramref name="name"/> is meant.</summary>
    public bool Matches(string name) => Pattern.Matches(Name, name);
}
