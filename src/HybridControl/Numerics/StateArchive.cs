using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace HybridControl.Numerics;

/// <summary>State on its way into a block of bytes or out of it: one description serves both, so that the two cannot differ.</summary>
/// <remarks>
/// An object with state has a method that names its fields once, each in a call of <c>Exchange</c>: an archive that writes
/// takes the value, an archive that reads puts it there. Numbers are little-endian and exact; collections carry their length,
/// and no more is allocated than the bytes that are left can fill. Immutable objects cross as references between archives of
/// one process (<see cref="ToReader"/>) and as their parts otherwise. Not thread-safe.
/// </remarks>
internal sealed class StateArchive
{
    private readonly List<object>? _objects;
    private byte[] _bytes;
    private int _count;
    private int _position;
    private int _nextObject;

    private StateArchive(byte[] bytes, int count, List<object>? objects, bool reads)
    {
        _bytes = bytes;
        _count = count;
        _objects = objects;
        IsReading = reads;
    }

    /// <summary>An archive that exchanged data that it should not have.</summary>
    public static InvalidDataException Damage(string what) => new(what);

    /// <summary>Whether values come out of the archive; otherwise they go in.</summary>
    public bool IsReading { get; }

    /// <summary>Bytes that are left to read.</summary>
    public int Remaining => _count - _position;

    /// <summary>The bytes written so far.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _count);

    /// <summary>An empty archive to write to.</summary>
    /// <param name="shares">Whether immutable objects are kept as references; if not, the bytes say everything.</param>
    public static StateArchive Writer(bool shares) => new(new byte[256], 0, shares ? [] : null, reads: false);

    /// <summary>An archive that reads bytes that say everything.</summary>
    public static StateArchive Reader(byte[] bytes) => new(bytes, bytes.Length, null, reads: true);

    /// <summary>Reads what this archive has written, from its beginning; any number may read at once.</summary>
    public StateArchive ToReader() => new(_bytes, _count, _objects, reads: true);

    /// <summary>Exchanges a number.</summary>
    public void Exchange(ref double value) => value = BitConverter.Int64BitsToDouble(Exchange(BitConverter.DoubleToInt64Bits(value)));

    /// <summary>Exchanges a number of a property.</summary>
    public double Exchange(double value)
    {
        Exchange(ref value);
        return value;
    }

    /// <summary>Exchanges an integer.</summary>
    public void Exchange(ref long value) => value = Exchange(value);

    /// <summary>Exchanges an integer of a property.</summary>
    public long Exchange(long value)
    {
        Span<byte> place = Take(sizeof(long));
        if (IsReading)
        {
            return BinaryPrimitives.ReadInt64LittleEndian(place);
        }

        BinaryPrimitives.WriteInt64LittleEndian(place, value);
        return value;
    }

    /// <summary>Exchanges an integer.</summary>
    public void Exchange(ref int value)
    {
        Span<byte> place = Take(sizeof(int));
        if (IsReading)
        {
            value = BinaryPrimitives.ReadInt32LittleEndian(place);
        }
        else
        {
            BinaryPrimitives.WriteInt32LittleEndian(place, value);
        }
    }

    /// <summary>Exchanges an integer of a property.</summary>
    public int Exchange(int value)
    {
        Exchange(ref value);
        return value;
    }

    /// <summary>Exchanges a truth value.</summary>
    public void Exchange(ref bool value)
    {
        Span<byte> place = Take(1);
        if (!IsReading)
        {
            place[0] = value ? (byte)1 : (byte)0;
            return;
        }

        value = place[0] switch
        {
            0 => false,
            1 => true,
            _ => throw Damage("a truth value is neither true nor false"),
        };
    }

    /// <summary>Exchanges a truth value of a property.</summary>
    public bool Exchange(bool value)
    {
        Exchange(ref value);
        return value;
    }

    /// <summary>Exchanges a text.</summary>
    public void Exchange(ref string value)
    {
        if (!IsReading)
        {
            byte[] text = Encoding.UTF8.GetBytes(value);
            Exchange(text.Length);
            text.CopyTo(Take(text.Length));
            return;
        }

        value = Encoding.UTF8.GetString(Take(ReadLength(1)));
    }

    /// <summary>Exchanges a text of a property.</summary>
    public string Exchange(string value)
    {
        Exchange(ref value);
        return value;
    }

    /// <summary>Exchanges a value of an enumeration; one that has no name is refused.</summary>
    public void Exchange<T>(ref T value)
        where T : struct, Enum
    {
        long number = Exchange(IsReading ? 0L : Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture));
        if (IsReading)
        {
            var read = (T)Enum.ToObject(typeof(T), number);
            value = Enum.IsDefined(read) ? read : throw Damage($"{number} is no {typeof(T).Name}");
        }
    }

    /// <summary>Exchanges the entries of an array; its length must be the one that was written.</summary>
    public void Exchange(Span<double> values)
    {
        ExchangeLength(values.Length, sizeof(double));
        ExchangeRaw(values);
    }

    /// <summary>Exchanges the entries of an array; its length must be the one that was written.</summary>
    public void Exchange(Span<int> values)
    {
        ExchangeLength(values.Length, sizeof(int));
        foreach (ref int value in values)
        {
            Exchange(ref value);
        }
    }

    /// <summary>Exchanges the entries of an array; its length must be the one that was written.</summary>
    public void Exchange(Span<bool> values)
    {
        ExchangeLength(values.Length, 1);
        foreach (ref bool value in values)
        {
            Exchange(ref value);
        }
    }

    /// <summary>Exchanges a list, which takes the length that was written.</summary>
    public void Exchange(List<double> values)
    {
        if (!IsReading)
        {
            Exchange(values.Count);
        }
        else
        {
            CollectionsMarshal.SetCount(values, ReadLength(sizeof(double)));
        }

        ExchangeRaw(CollectionsMarshal.AsSpan(values));
    }

    /// <summary>Exchanges bytes as they are.</summary>
    public byte[] Exchange(byte[] bytes)
    {
        if (IsReading)
        {
            return Take(ReadLength(1)).ToArray();
        }

        Exchange(bytes.Length);
        bytes.CopyTo(Take(bytes.Length));
        return bytes;
    }

    /// <summary>Exchanges an array that never changes.</summary>
    public ImmutableArray<double> Exchange(ImmutableArray<double> values)
    {
        double[]? array = ImmutableCollectionsMarshal.AsArray(values);
        Exchange(ref array);
        return ImmutableCollectionsMarshal.AsImmutableArray(array ?? []);
    }

    /// <summary>Exchanges an array that may be absent and whose length is not known before.</summary>
    public void Exchange(ref double[]? values)
    {
        bool present = Exchange(values is not null);
        if (!present)
        {
            values = null;
            return;
        }

        if (!IsReading)
        {
            Exchange(values.AsSpan());
            return;
        }

        values = new double[ReadLength(sizeof(double))];
        ExchangeRaw(values);
    }

    /// <summary>Exchanges a list of values with parts.</summary>
    /// <param name="items">The list.</param>
    /// <param name="part">Exchanges one of them.</param>
    /// <param name="least">The fewest bytes that one takes; a count that the bytes left cannot hold is refused.</param>
    public void Exchange<T>(List<T> items, ExchangeOf<T> part, int least)
        where T : struct
    {
        if (!IsReading)
        {
            Exchange(items.Count);
        }
        else
        {
            CollectionsMarshal.SetCount(items, ReadLength(least));
        }

        foreach (ref T item in CollectionsMarshal.AsSpan(items))
        {
            part(this, ref item);
        }
    }

    /// <summary>Whether immutable objects cross as references.</summary>
    public bool SharesObjects => _objects is not null;

    /// <summary>Exchanges an object that never changes as a reference, where the archive holds references.</summary>
    /// <returns>False if it must be exchanged as its parts.</returns>
    public bool TryShare<T>(ref T item)
        where T : class
    {
        if (_objects is null)
        {
            return false;
        }

        if (IsReading)
        {
            item = (T)_objects[_nextObject++];
        }
        else
        {
            _objects.Add(item);
        }

        return true;
    }

    /// <summary>Exchanges the number of entries of a list.</summary>
    /// <param name="count">The number; not looked at by an archive that reads.</param>
    /// <param name="least">The fewest bytes of one entry: no more is read than the bytes that are left can hold.</param>
    public int ExchangeCount(int count, int least) => IsReading ? ReadLength(least) : Exchange(count);

    /// <summary>Exchanges one part of a list.</summary>
    public delegate void ExchangeOf<T>(StateArchive archive, ref T item);

    /// <summary>Exchanges a length that the reader knows.</summary>
    /// <param name="length">The length.</param>
    /// <param name="least">The fewest bytes of one entry.</param>
    public void ExchangeLength(int length, int least = 0)
    {
        if (!IsReading)
        {
            Exchange(length);
            return;
        }

        int written = ReadLength(least);
        if (written != length)
        {
            throw Damage($"{written} values where the model has {length}");
        }
    }

    private int ReadLength(int least)
    {
        int length = Exchange(0);
        if (length < 0 || (long)length * least > Remaining)
        {
            throw Damage($"a length of {length}, more than the bytes that follow can hold");
        }

        return length;
    }

    private void ExchangeRaw(Span<double> values)
    {
        Span<byte> place = Take(checked(values.Length * sizeof(double)));
        if (!BitConverter.IsLittleEndian)
        {
            ExchangeSwapped(values, place);
        }
        else if (IsReading)
        {
            place.CopyTo(MemoryMarshal.AsBytes(values));
        }
        else
        {
            MemoryMarshal.AsBytes(values).CopyTo(place);
        }
    }

    private void ExchangeSwapped(Span<double> values, Span<byte> place)
    {
        for (int i = 0; i < values.Length; i++, place = place[sizeof(double)..])
        {
            if (IsReading)
            {
                values[i] = BinaryPrimitives.ReadDoubleLittleEndian(place);
            }
            else
            {
                BinaryPrimitives.WriteDoubleLittleEndian(place, values[i]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<byte> Take(int count)
    {
        if (IsReading)
        {
            if (count > _count - _position)
            {
                throw Damage("the bytes end before the state does");
            }

            _position += count;
            return _bytes.AsSpan(_position - count, count);
        }

        if (count > _bytes.Length - _count)
        {
            Grow(count);
        }

        _count += count;
        return _bytes.AsSpan(_count - count, count);
    }

    private void Grow(int count)
    {
        long wanted = Math.Max((long)_count + count, 2L * _bytes.Length);
        if (wanted > Array.MaxLength)
        {
            wanted = (long)_count + count <= Array.MaxLength
                ? Array.MaxLength
                : throw new InsufficientMemoryException("The state of the run is larger than 2 GiB: record less, with Recording.");
        }

        Array.Resize(ref _bytes, (int)wanted);
    }
}
