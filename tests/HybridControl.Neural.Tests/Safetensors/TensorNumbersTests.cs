using System.Buffers.Binary;
using System.Runtime.InteropServices;
using HybridControl.Neural.Safetensors;
using HybridControl.Numerics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Neural.Tests.Safetensors;

public class TensorNumbersTests
{
    private const ulong Seed = 20;

    private static readonly ushort[] AllWords = [.. Enumerable.Range(0, 1 << 16).Select(word => (ushort)word)];

    private static IEnumerable<TensorType> AllTypes => Enum.GetValues<TensorType>();

    [Test]
    public void Every_word_of_F16_is_read_as_the_number_it_stands_for()
    {
        float[] floats = Read<float>(TensorType.F16, Bytes(AllWords));
        double[] doubles = Read<double>(TensorType.F16, Bytes(AllWords));
        foreach (ushort word in AllWords)
        {
            double expected = (double)BitConverter.UInt16BitsToHalf(word);
            if (floats[word] != expected && !(float.IsNaN(floats[word]) && double.IsNaN(expected)))
            {
                Assert.Fail($"{word:X4}: {floats[word]} and not {expected}");
            }

            if (double.IsNaN(expected))
            {
                int bits = BitConverter.SingleToInt32Bits(floats[word]);
                Assert.That(((bits >> 13) & 0x3FF) | ((bits >> 16) & 0x8000), Is.EqualTo(word & 0x83FF), "sign and payload of a NaN");
            }
        }

        Assert.That(doubles, Is.EqualTo(floats.Select(value => (double)value)));
    }

    [Test]
    public void Every_word_of_BF16_is_the_upper_half_of_a_float()
    {
        float[] floats = Read<float>(TensorType.BF16, Bytes(AllWords));
        double[] doubles = Read<double>(TensorType.BF16, Bytes(AllWords));
        Assert.Multiple(() =>
        {
            Assert.That(floats.Select(value => BitConverter.SingleToUInt32Bits(value) >> 16), Is.EqualTo(AllWords));
            Assert.That(doubles, Is.EqualTo(floats.Select(value => (double)value)));
        });
    }

    [TestCase(TensorType.F16, 0x7C00, 0x0200)]
    [TestCase(TensorType.BF16, 0x7F80, 0x0040)]
    public void Every_word_is_written_as_it_was_read(TensorType type, int infinity, int quiet)
    {
        IEnumerable<ushort> expected = AllWords.Select(word => (word & 0x7FFF) > infinity ? (ushort)(word | quiet) : word);
        Assert.Multiple(() =>
        {
            Assert.That(Words(Write(type, Read<float>(type, Bytes(AllWords)))), Is.EqualTo(expected));
            Assert.That(Words(Write(type, Read<double>(type, Bytes(AllWords)))), Is.EqualTo(expected));
        });
    }

    [TestCase(TensorType.F16, 0x7C00)]
    [TestCase(TensorType.BF16, 0x7F80)]
    public void Between_two_words_the_nearer_is_written_and_the_even_one_halfway(TensorType type, int infinity)
    {
        ushort[] words = [.. AllWords.Take(infinity)];
        double[] below = Read<double>(type, Bytes(words));
        // Infinity stands where the next number would: halfway to there numbers round up to it.
        double[] middles = [.. below.Select((value, i) => (value + (i + 1 < below.Length ? below[i + 1] : (2 * value) - below[i - 1])) / 2)];
        ushort[] even = [.. words.Select(word => (ushort)((word + 1) & ~1))];
        ushort[] above = [.. words.Select(word => (ushort)(word + 1))];
        Assert.Multiple(() =>
        {
            Assert.That(Words(Write(type, middles)), Is.EqualTo(even));
            Assert.That(Words(Write(type, middles.Select(Math.BitDecrement).ToArray())), Is.EqualTo(words), "a hair less");
            Assert.That(Words(Write(type, middles.Select(Math.BitIncrement).ToArray())), Is.EqualTo(above), "a hair more");
            Assert.That(Words(Write(type, middles.Select(middle => -Math.BitIncrement(middle)).ToArray())), Is.EqualTo(above.Select(word => (ushort)(word | 0x8000))));
        });

        float[] singles = [.. middles.Select(middle => (float)middle)];
        Assert.Multiple(() =>
        {
            Assert.That(singles.Select(single => (double)single), Is.EqualTo(middles), "single precision holds what lies halfway");
            Assert.That(Words(Write(type, singles)), Is.EqualTo(even));
            Assert.That(Words(Write(type, singles.Select(MathF.BitDecrement).ToArray())), Is.EqualTo(words), "a hair less");
            Assert.That(Words(Write(type, singles.Select(MathF.BitIncrement).ToArray())), Is.EqualTo(above), "a hair more");
        });
    }

    [Test]
    public void Random_floats_and_doubles_are_written_as_F16_like_the_runtime_does()
    {
        float[] floats = [.. Enumerable.Range(0, 100_003).Select(i => BitConverter.UInt32BitsToSingle((uint)Philox4x32.Bits(Seed, i, 0, 0)))];
        double[] doubles = [.. Enumerable.Range(0, 100_003).Select(i => (Philox4x32.Uniform(Seed, i, 1, 0) - 0.5) * Math.Pow(2, (i % 48) - 28))];
        Assert.Multiple(() =>
        {
            Assert.That(Halves(Write(TensorType.F16, floats)), Is.EqualTo(floats.Select(value => (float)(Half)value)));
            Assert.That(Halves(Write(TensorType.F16, doubles)), Is.EqualTo(doubles.Select(value => (float)(Half)value)));
        });

        static float[] Halves(byte[] bytes) => [.. Words(bytes).Select(word => (float)BitConverter.UInt16BitsToHalf(word))];
    }

    [TestCase(TensorType.F16)]
    [TestCase(TensorType.BF16)]
    public void What_is_too_large_becomes_infinite_and_a_NaN_stays_one(TensorType type)
    {
        double[] values = [1e300, -1e300, double.PositiveInfinity, double.NegativeInfinity, double.NaN, 1e-300, -1e-300];
        double[] expected = [double.PositiveInfinity, double.NegativeInfinity, double.PositiveInfinity, double.NegativeInfinity, double.NaN, 0, 0];
        double[] read = Read<double>(type, Write(type, values));
        float[] quiet = Read<float>(type, Write(type, [BitConverter.Int32BitsToSingle(0x7F80_0001), BitConverter.Int32BitsToSingle(-1)]));
        Assert.Multiple(() =>
        {
            Assert.That(read, Is.EqualTo(expected));
            Assert.That(double.IsNegative(read[6]), Is.True);
            Assert.That(quiet, Has.All.NaN);
        });
    }

    [TestCaseSource(nameof(AllTypes))]
    public void Numbers_of_every_format_are_read_at_any_address_and_length(TensorType type)
    {
        int size = TensorTypes.SizeOf(type);
        for (int count = 0; count < 70; count++)
        {
            var bytes = new byte[1 + (count * size)];
            for (int i = 0; i < bytes.Length; i++)
            {
                bytes[i] = (byte)Philox4x32.Bits(Seed, i, (uint)type, count);
            }

            double[] expected = [.. Enumerable.Range(0, count).Select(i => Number(type, bytes.AsSpan(1 + (i * size))))];
            Assert.Multiple(() =>
            {
                Assert.That(Read<double>(type, bytes.AsSpan(1)), Is.EqualTo(expected));
                Assert.That(Read<float>(type, bytes.AsSpan(1)), Is.EqualTo(expected.Select(value => (float)value)).Within(1).Ulps);
            });
        }
    }

    [Test]
    public void Whole_numbers_are_read_bit_by_bit()
    {
        byte[] bytes = [1, 0, 0, 0, 0, 0, 0, 128, 255, 255, 255, 255, 255, 255, 255, 127];
        Assert.That(Read<long>(TensorType.I64, bytes), Is.EqualTo(new[] { long.MinValue + 1, long.MaxValue }));
        Assert.That(Read<long>(TensorType.U32, bytes), Is.EqualTo(new[] { 1, 1L << 31, uint.MaxValue, (1L << 31) - 1 }));
    }

    [Test]
    public void Lengths_and_formats_that_do_not_fit_are_refused() => Assert.Multiple(() =>
    {
        Assert.That(() => TensorNumbers.Read(TensorType.F32, new byte[9], new float[2]), Throws.ArgumentException);
        Assert.That(() => TensorNumbers.Write<float>(TensorType.F16, new float[2], new byte[5]), Throws.ArgumentException);
        Assert.That(() => TensorNumbers.Write<float>(TensorType.I32, new float[2], new byte[8]), Throws.ArgumentException);
        Assert.That(() => TensorNumbers.Write<double>(TensorType.I64, new double[2], new byte[16]), Throws.ArgumentException);
        Assert.That(() => TensorNumbers.Write<long>(TensorType.F64, new long[2], new byte[16]), Throws.ArgumentException);
    });

    [Test]
    public void Conversions_allocate_nothing()
    {
        var bytes = new byte[1001 * 2];
        var floats = new float[1001];
        var doubles = new double[1001];
        Allocations.None(() =>
        {
            foreach (TensorType type in (ReadOnlySpan<TensorType>)[TensorType.F16, TensorType.BF16])
            {
                TensorNumbers.Read(type, bytes, floats.AsSpan());
                TensorNumbers.Read(type, bytes, doubles.AsSpan());
                TensorNumbers.Write<float>(type, floats, bytes);
                TensorNumbers.Write<double>(type, doubles, bytes);
            }
        });
    }

    private static double Number(TensorType type, ReadOnlySpan<byte> bytes) => type switch
    {
        TensorType.F64 => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        TensorType.F32 => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        TensorType.F16 => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes),
        TensorType.BF16 => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(bytes) << 16),
        TensorType.I64 => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        TensorType.U64 => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        TensorType.I32 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        TensorType.U32 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        TensorType.I16 => BinaryPrimitives.ReadInt16LittleEndian(bytes),
        TensorType.U16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        TensorType.I8 => (sbyte)bytes[0],
        _ => bytes[0],
    };

    private static T[] Read<T>(TensorType type, ReadOnlySpan<byte> bytes)
        where T : unmanaged, System.Numerics.INumberBase<T>
    {
        var values = new T[bytes.Length / TensorTypes.SizeOf(type)];
        TensorNumbers.Read(type, bytes, values.AsSpan());
        return values;
    }

    private static byte[] Write<T>(TensorType type, T[] values)
        where T : unmanaged, System.Numerics.INumberBase<T>
    {
        var bytes = new byte[values.Length * TensorTypes.SizeOf(type)];
        TensorNumbers.Write<T>(type, values, bytes);
        return bytes;
    }

    private static byte[] Bytes(ushort[] words) => MemoryMarshal.AsBytes(words.AsSpan()).ToArray();

    private static ushort[] Words(byte[] bytes) => MemoryMarshal.Cast<byte, ushort>(bytes).ToArray();
}
