using System.Buffers.Binary;
using HybridControl.Diagnostics;
using HybridControl.Neural.Safetensors;
using HybridControl.Neural.Tests.TestKit;
using HybridControl.Numerics;

namespace HybridControl.Neural.Tests.Safetensors;

/// <summary>Whatever a file holds, it is refused with findings or sound in all its parts.</summary>
public class SafetensorsFuzzTests
{
    private const ulong Seed = 5;
    private const int ValuesEach = 12;

    private static readonly byte[] Telling = "\"{}[]:,-+.eE0129\\ \u0000\u007Fnut"u8.ToArray();

    private static readonly byte[] Whole = Image();

    private static int HeaderEnd => 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(Whole);

    [Test]
    public void Changed_byte_of_the_header()
    {
        int sound = 0;
        for (int at = 0; at < HeaderEnd; at++)
        {
            for (int draw = 0; draw < ValuesEach; draw++)
            {
                byte[] bytes = [.. Whole];
                bytes[at] = Byte(at, draw);
                sound += IsSound(bytes) ? 1 : 0;
            }
        }

        Assert.That(sound, Is.GreaterThan(0), "a changed letter of a name does no harm");
    }

    [Test]
    public void Inserted_and_removed_bytes_of_the_header()
    {
        int sound = 0;
        for (int at = 0; at < HeaderEnd; at++)
        {
            sound += IsSound([.. Whole[..at], .. Whole[(at + 1)..]]) ? 1 : 0;
            sound += IsSound([.. Whole[..at], Byte(at, ValuesEach), .. Whole[at..]]) ? 1 : 0;
            if (at >= 8)
            {
                // With a length of the header that fits again.
                byte[] shorter = [.. Whole[..at], .. Whole[(at + 1)..]];
                BinaryPrimitives.WriteInt64LittleEndian(shorter, HeaderEnd - 9);
                byte[] longer = [.. Whole[..at], Byte(at, ValuesEach), .. Whole[at..]];
                BinaryPrimitives.WriteInt64LittleEndian(longer, HeaderEnd - 7);
                sound += (IsSound(shorter) ? 1 : 0) + (IsSound(longer) ? 1 : 0);
            }
        }

        Assert.That(sound, Is.GreaterThan(0), "a letter more in a name does no harm");
    }

    [Test]
    public void Many_changed_bytes_and_a_cut()
    {
        for (int round = 0; round < 3000; round++)
        {
            byte[] bytes = Whole[..(int)Draw(round, 0, Whole.Length + 1)];
            for (int i = 0; i < 1 + (round % 7) && bytes.Length > 0; i++)
            {
                bytes[Draw(round, 1 + (2 * i), bytes.Length)] = Byte(round, 2 + (2 * i));
            }

            IsSound(bytes);
        }
    }

    [Test]
    public void Exchanged_numbers_of_the_header()
    {
        string text = System.Text.Encoding.UTF8.GetString(Whole.AsSpan(8, HeaderEnd - 8));
        string[] numbers =
        [
            "0", "-1", "1e3", "1.5", "9223372036854775807", "9223372036854775808", "18446744073709551616", "4294967296", "2147483648", "null", "[]", "\"8\"",
        ];
        for (int at = 0; at < text.Length; at++)
        {
            if (char.IsAsciiDigit(text[at]))
            {
                foreach (string number in numbers)
                {
                    byte[] header = System.Text.Encoding.UTF8.GetBytes(text[..at] + number + text[(at + 1)..]);
                    byte[] bytes = [.. new byte[8], .. header, .. Whole[HeaderEnd..]];
                    BinaryPrimitives.WriteInt64LittleEndian(bytes, header.Length);
                    IsSound(bytes);
                }
            }
        }
    }

    [Test]
    public void Changed_byte_of_a_mapped_file()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("x.safetensors");
        for (int at = 0; at < HeaderEnd; at++)
        {
            byte[] bytes = [.. Whole];
            bytes[at] = Byte(at, 0);
            File.WriteAllBytes(path, bytes);
            try
            {
                using var file = SafetensorsFile.Load(path);
                ReadAll(file, bytes.Length);
            }
            catch (ModelException)
            {
                // A refusal is an answer.
            }
        }
    }

    [Test]
    public void Changed_byte_of_an_index()
    {
        using var folder = new TemporaryFolder();
        string index = new SafetensorsWriter().Add("a", [1], [1.0]).Add("b", [1], [2.0]).SaveShards(folder.Path, longestFile: 8);
        byte[] whole = File.ReadAllBytes(index);
        for (int at = 0; at < whole.Length; at++)
        {
            for (int draw = 0; draw < 4; draw++)
            {
                byte[] bytes = [.. whole];
                bytes[at] = Byte(at, draw);
                File.WriteAllBytes(index, bytes);
                try
                {
                    using var checkpoint = SafetensorsCheckpoint.Open(folder.Path);
                    Assert.That(checkpoint.Tensors, Has.Length.EqualTo(2));
                }
                catch (ModelException fault)
                {
                    Assert.That(fault.Findings, Is.Not.Empty);
                }
            }
        }
    }

    private static bool IsSound(byte[] bytes)
    {
        try
        {
            ReadAll(SafetensorsFile.Parse(bytes, "test"), bytes.Length);
            return true;
        }
        catch (ModelException fault)
        {
            Assert.That(fault.Findings, Is.Not.Empty);
            return false;
        }
    }

    private static void ReadAll(SafetensorsFile file, int length)
    {
        long numbers = 0;
        foreach (SafetensorsEntry tensor in file.Tensors)
        {
            numbers += file.BytesOf(tensor).Length;
            file.CopyTo(tensor, new double[tensor.Count]);
            var row = new float[tensor.Columns];
            for (long i = 0; i < tensor.Rows && tensor.Count > 0; i++)
            {
                file.ReadRow(tensor, i, row);
            }
        }

        Assert.That(numbers, Is.LessThan(length));
    }

    private static byte[] Image()
    {
        using var stream = new MemoryStream();
        new SafetensorsWriter().Note("format", "pt").Add("layers.0.weight", [2, 3], [1.0, 2, 3, 4, 5, 6])
            .Add("h", TensorType.BF16, [2, 2], new float[4].AsMemory()).Add("ids", [2], [1L, 2]).Write(stream);
        return stream.ToArray();
    }

    private static long Draw(long trial, long number, int count) => (long)(Philox4x32.Bits(Seed, trial, 0, number) % (ulong)count);

    private static byte Byte(long trial, long number)
    {
        ulong bits = Philox4x32.Bits(Seed, trial, 1, number);
        return (bits & 1) == 0 ? (byte)(bits >> 8) : Telling[(bits >> 8) % (ulong)Telling.Length];
    }
}
