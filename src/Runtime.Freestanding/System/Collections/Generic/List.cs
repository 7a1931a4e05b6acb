using Internal.Runtime;

namespace System.Collections.Generic;

/// <summary>A growing array. What it outgrows stays in the arena: say the capacity where it is known.</summary>
public class List<T> : IList<T>, IReadOnlyList<T>
{
    private const int FirstCapacity = 4;

    private T[] _items;
    private int _count;

    public List() => _items = Array.Empty<T>();

    public List(int capacity) => _items = capacity == 0 ? Array.Empty<T>() : new T[capacity];

    public int Count => _count;

    public int Capacity => _items.Length;

    public bool IsReadOnly => false;

    public T this[int index]
    {
        get
        {
            Check(index);
            return _items[index];
        }

        set
        {
            Check(index);
            _items[index] = value;
        }
    }

    public void Add(T item)
    {
        if (_count == _items.Length)
        {
            Grow(_count + 1);
        }

        _items[_count++] = item;
    }

    public void Insert(int index, T item)
    {
        if ((uint)index > (uint)_count)
        {
            Fault.Raise(FaultReason.Argument, "Index must lie within the list.");
        }

        if (_count == _items.Length)
        {
            Grow(_count + 1);
        }

        Array.Copy(_items, index, _items, index + 1, _count - index);
        _items[index] = item;
        _count++;
    }

    public void RemoveAt(int index)
    {
        Check(index);
        _count--;
        Array.Copy(_items, index + 1, _items, index, _count - index);
        _items[_count] = default!;
    }

    public bool Remove(T item)
    {
        int index = IndexOf(item);
        if (index < 0)
        {
            return false;
        }

        RemoveAt(index);
        return true;
    }

    public void Clear()
    {
        Array.Clear(_items, 0, _count);
        _count = 0;
    }

    public int IndexOf(T item)
    {
        for (int i = 0; i < _count; i++)
        {
            if (Equals(_items[i], item))
            {
                return i;
            }
        }

        return -1;
    }

    public bool Contains(T item) => IndexOf(item) >= 0;

    public void CopyTo(T[] array, int arrayIndex) => Array.Copy(_items, 0, array, arrayIndex, _count);

    public T[] ToArray() => new ReadOnlySpan<T>(_items, 0, _count).ToArray();

    public Enumerator GetEnumerator() => new(this);

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => new Enumerator(this);

    IEnumerator IEnumerable.GetEnumerator() => new Enumerator(this);

    private void Grow(int needed)
    {
        T[] larger = new T[Math.Max(Math.Max(FirstCapacity, needed), _items.Length * 2)];
        Array.Copy(_items, 0, larger, 0, _count);
        _items = larger;
    }

    private void Check(int index)
    {
        if ((uint)index >= (uint)_count)
        {
            Fault.Raise(FaultReason.Argument, "Index must lie within the list.");
        }
    }

    public struct Enumerator : IEnumerator<T>
    {
        private readonly List<T> _list;
        private int _index;

        internal Enumerator(List<T> list)
        {
            _list = list;
            _index = -1;
        }

        public readonly T Current => _list._items[_index];

        readonly object? IEnumerator.Current => Current;

        public bool MoveNext() => ++_index < _list._count;

        public void Reset() => _index = -1;

        public readonly void Dispose()
        {
        }
    }
}
