using System.Collections.Generic;

namespace System;

/// <summary>The compiler takes the interfaces of vectors from here.</summary>
internal class Array<T> : Array
{
}
