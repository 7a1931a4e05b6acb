namespace System;

/// <summary>The compiler takes the interfaces of vectors from here. They have none: what wants an interface wants a List.</summary>
internal class Array<T> : Array;
