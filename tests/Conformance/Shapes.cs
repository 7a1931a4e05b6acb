namespace Lamina.Conformance;

internal interface IShape
{
    int Area { get; }

    string Describe() => "a shape";
}

internal interface INamed
{
    string Name { get; }
}

internal interface IPair<out TFirst, in TSecond>
{
    TFirst First { get; }

    int Accept(TSecond second);
}

internal abstract class Shape : IShape
{
    public abstract int Area { get; }

    public virtual string Kind => "shape";
}

internal class Rectangle(int width, int height) : Shape, INamed
{
    public override int Area => width * height;

    public virtual string Name => "rectangle";

    public override string Kind => "rectangle";
}

internal sealed class Square(int side) : Rectangle(side, side), IShape
{
    public override string Name => "square";

    string IShape.Describe() => "a square";
}

internal sealed class Dot : Shape
{
    public override int Area => 0;
}

internal sealed class Pair(string first) : IPair<string, object>
{
    public string First => first;

    public int Accept(object second) => second is string text ? text.Length : -1;
}

internal enum Weekday
{
    Monday = 1,
    Friday = 5,
}

internal struct Circle(int radius) : IShape
{
    public readonly int Area => 3 * radius * radius;
}
