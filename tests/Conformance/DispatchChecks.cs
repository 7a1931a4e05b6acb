namespace Lamina.Conformance;

/// <summary>Virtual and interface calls.</summary>
internal static class DispatchChecks
{
    internal static void Run(Platform platform)
    {
        Shape[] shapes = [new Square(3), new Rectangle(2, 5), new Dot(), new Square(4)];
        int total = 0;
        // Twice: the second time comes from the dispatch cache.
        for (int round = 0; round < 2; round++)
        {
            foreach (Shape shape in shapes)
            {
                total = (total * 10) + shape.Area;
                total += ((IShape)shape).Area;
                if (shape is INamed named)
                    platform.Line("named", named.Name);
                platform.Line("kind", shape.Kind);
                platform.Line("describe", ((IShape)shape).Describe());
            }
        }

        platform.Line("areas", total);
        IShape boxed = Opaque.Of<IShape>(new Circle(4));
        platform.Line("boxed struct", boxed.Area);
        platform.Line("boxed struct's default", boxed.Describe());
        IPair<object, string> pair = Opaque.Of<IPair<object, string>>(new Pair("first"));
        platform.Line("variant first", (string)pair.First);
        platform.Line("variant second", pair.Accept("four"));
        platform.Line("ToString", Opaque.Of<object>(-42).ToString()!);
        platform.Line("Equals", Opaque.Of<object>("ab").Equals(string.Concat("a", Opaque.Of("b"))));
    }
}
