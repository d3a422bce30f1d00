using System.Buffers.Binary;
using System.Text;
using HybridControl.Diagnostics;
using HybridControl.Neural.Safetensors;

namespace HybridControl.Neural.Tests.Safetensors;

public class SafetensorsTests
{
    [Test]
    public void Round_trip_keeps_every_bit()
    {
        double[] doubles = [1.0 / 3.0, -0.0, double.NaN, double.Epsilon, double.NegativeInfinity, BitConverter.Int64BitsToDouble(0x7FF8_0000_0000_1234)];
        float[] floats = [1.0f / 3.0f, float.MaxValue];
        long[] whole = [long.MinValue, -1, long.MaxValue];
        var writer = new SafetensorsWriter().Note("model", "pendule à ressort \"1\"")
            .Add("b.weight", [2, 3], doubles).Add("a", [2], floats).Add("π", [3, 1], whole).Add("one", [], [7.0]).Add("none", [0, 4], Array.Empty<double>());
        SafetensorsFile file = Parse(Bytes(writer));
        var readDoubles = new double[6];
        var readFloats = new float[2];
        var readWhole = new long[3];
        file.CopyTo(file.Find("b.weight")!, readDoubles);
        file.CopyTo(file.Find("a")!, readFloats);
        file.CopyTo(file.Find("π")!, readWhole);
        Assert.Multiple(() =>
        {
            Assert.That(readDoubles.Select(BitConverter.DoubleToInt64Bits), Is.EqualTo(doubles.Select(BitConverter.DoubleToInt64Bits)));
            Assert.That(readFloats.Select(BitConverter.SingleToInt32Bits), Is.EqualTo(floats.Select(BitConverter.SingleToInt32Bits)));
            Assert.That(readWhole, Is.EqualTo(whole));
            Assert.That(file.Find("b.weight")!.Shape, Is.EqualTo(new long[] { 2, 3 }));
            Assert.That(file.Find("one")!.Shape, Is.Empty);
            Assert.That(file.Find("none")!.Count, Is.Zero);
            Assert.That(file.Metadata["model"], Is.EqualTo("pendule à ressort \"1\""));
            Assert.That(file.Find("b.bias"), Is.Null);
        });
    }

    [Test]
    public void Saved_file_loads_again()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.safetensors");
        try
        {
            new SafetensorsWriter().Add("x", [2], [1.0, 2.0]).Save(path);
            Assert.That(SafetensorsFile.Load(path).Tensors, Has.Length.EqualTo(1));
        }
        finally
        {
            File.Delete(path);
        }

        Assert.That(() => SafetensorsFile.Load(path), Throws.InstanceOf<ModelException>());
    }

    [Test]
    public void Every_format_is_read_as_doubles()
    {
        // 1.5 as F16 is 0x3E00, as BF16 0x3FC0; -2 as F16 is 0xC000.
        byte[] data = [0x00, 0x3E, 0x00, 0xC0, 0xC0, 0x3F, 0xFE, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0xFE, 0xFE, 1];
        SafetensorsFile file = Parse(Image(
            """
            {"h":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"BF16","shape":[1],"data_offsets":[4,6]},
            "i":{"dtype":"I32","shape":[1],"data_offsets":[6,10]},"s":{"dtype":"I16","shape":[1],"data_offsets":[10,12]},
            "c":{"dtype":"I8","shape":[1],"data_offsets":[12,13]},"u":{"dtype":"U8","shape":[1],"data_offsets":[13,14]},
            "t":{"dtype":"BOOL","shape":[1],"data_offsets":[14,15]}}
            """,
            data));
        double[] Read(string name)
        {
            var values = new double[file.Find(name)!.Count];
            file.CopyTo(file.Find(name)!, values);
            return values;
        }

        Assert.Multiple(() =>
        {
            Assert.That(Read("h"), Is.EqualTo(new[] { 1.5, -2.0 }));
            Assert.That(Read("b"), Is.EqualTo(new[] { 1.5 }));
            Assert.That(Read("i"), Is.EqualTo(new[] { -2.0 }));
            Assert.That(Read("s"), Is.EqualTo(new[] { -2.0 }));
            Assert.That(Read("c"), Is.EqualTo(new[] { -2.0 }));
            Assert.That(Read("u"), Is.EqualTo(new[] { 254.0 }));
            Assert.That(Read("t"), Is.EqualTo(new[] { 1.0 }));
            Assert.That(() => file.CopyTo(file.Find("h")!, new long[2]), Throws.InvalidOperationException);
            Assert.That(() => file.CopyTo(file.Find("h")!, new double[3]), Throws.ArgumentException);
        });
    }

    private static IEnumerable<TestCaseData> Damaged()
    {
        TestCaseData Case(string name, byte[] bytes, string message) => new TestCaseData(bytes, message).SetArgDisplayNames(name);
        const string tensor = "\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]";
        yield return Case("empty", [], "ends before its header");
        yield return Case("prefix only", new byte[5], "ends before its header");
        yield return Case("header cut off", [.. Image("{\"x\":{" + tensor + "}}", []).Take(20)], "header claims");
        yield return Case("huge header", [255, 255, 255, 255, 255, 255, 255, 255, 1], "header claims");
        yield return Case("no JSON", Image("hello", []), "not sound JSON");
        yield return Case("no object", Image("[1]", []), "not a JSON object");
        yield return Case("two values", Image("{} {}", []), "not sound JSON");
        yield return Case("JSON cut off", Image("{\"x\":{", []), "not sound JSON");
        yield return Case("data cut off", Image("{\"x\":{" + tensor + "}}", new byte[7]), "cut off");
        yield return Case("data left over", Image("{\"x\":{" + tensor + "}}", new byte[9]), "belong to none");
        yield return Case("unknown dtype", Image("{\"x\":{\"dtype\":\"F31\",\"shape\":[2],\"data_offsets\":[0,8]}}", new byte[8]), "Did you mean 'F32'?");
        yield return Case("twice", Image("{\"x\":{" + tensor + "},\"x\":{" + tensor + "}}", new byte[8]), "occurs twice");
        yield return Case("wrong size", Image("{\"x\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", new byte[8]), "needs 12 bytes");
        yield return Case("overflow", Image("{\"x\":{\"dtype\":\"F64\",\"shape\":[4294967296,4294967296,4294967296],\"data_offsets\":[0,0]}}", []), "needs");
        yield return Case("reversed", Image("{\"x\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[8,0]}}", new byte[8]), "data_offsets are 8 to 0");
        yield return Case("negative", Image("{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}}", new byte[8]), "two whole numbers");
        yield return Case("fraction", Image("{\"x\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,8]}}", new byte[8]), "shape is not a list");
        yield return Case("nothing in it", Image("{\"x\":{}}", []), "shape is not a list");
        yield return Case("unknown key", Image("{\"x\":{" + tensor + ",\"stride\":[1]}}", new byte[8]), "'stride' is unknown");
        yield return Case("not an object", Image("{\"x\":3}", []), "not an object");
        yield return Case("metadata not texts", Image("{\"__metadata__\":{\"a\":1}}", []), "not a text");
        yield return Case(
            "overlap",
            Image("{\"x\":{" + tensor + "},\"y\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}", new byte[12]), "overlap those of 'x'");
        yield return Case(
            "gap",
            Image("{\"x\":{" + tensor + "},\"y\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[12,16]}}", new byte[16]), "belong to no tensor");
    }

    [TestCaseSource(nameof(Damaged))]
    public void Damaged_file_is_refused_with_the_reason(byte[] bytes, string message) =>
        Assert.That(() => Parse(bytes), Throws.InstanceOf<ModelException>().With.Message.Contains(message));

    [Test]
    public void All_findings_are_reported_together()
    {
        byte[] bytes = Image(
            "{\"x\":{\"dtype\":\"F31\",\"shape\":[2],\"data_offsets\":[0,8]},\"y\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}", new byte[8]);
        var fault = Assert.Throws<ModelException>(() => Parse(bytes));
        Assert.That(fault.Findings.Select(finding => finding.Where), Is.EqualTo(new[] { "test, x", "test, y" }));
    }

    [Test]
    public void No_cut_of_a_sound_file_is_read()
    {
        byte[] whole = Bytes(new SafetensorsWriter().Add("x", [3], [1.0, 2.0, 3.0]).Add("y", [1], [4.0]));
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.That(() => Parse(whole[..length]), Throws.InstanceOf<ModelException>(), $"{length} bytes");
        }
    }

    [Test]
    public void No_changed_byte_of_a_header_crashes_the_reader()
    {
        byte[] whole = Bytes(new SafetensorsWriter().Note("a", "b").Add("x", [3], [1.0, 2.0, 3.0]));
        for (int at = 0; at < whole.Length - 24; at++)
        {
            foreach (byte value in new byte[] { 0, (byte)'"', (byte)'9', (byte)'}', (byte)'-', 255 })
            {
                byte[] changed = [.. whole];
                changed[at] = value;
                Assert.That(() => Read(changed), Throws.Nothing, $"byte {at} := {value}");
            }
        }

        static void Read(byte[] bytes)
        {
            try
            {
                SafetensorsFile file = Parse(bytes);
                foreach (SafetensorsEntry tensor in file.Tensors)
                {
                    file.CopyTo(tensor, new double[tensor.Count]);
                }
            }
            catch (ModelException)
            {
                // A refusal is an answer.
            }
        }
    }

    [Test]
    public void Writer_refuses_what_does_not_fit()
    {
        var writer = new SafetensorsWriter().Add("x", [2], [1.0, 2.0]);
        Assert.Multiple(() =>
        {
            Assert.That(() => writer.Add("x", [1], [1.0]), Throws.ArgumentException);
            Assert.That(() => writer.Add("y", [3], [1.0]), Throws.ArgumentException);
            Assert.That(() => writer.Add("__metadata__", [1], [1.0]), Throws.ArgumentException);
        });
    }

    private static SafetensorsFile Parse(byte[] bytes) => SafetensorsFile.Parse(bytes, "test");

    private static byte[] Bytes(SafetensorsWriter writer)
    {
        using var stream = new MemoryStream();
        writer.Write(stream);
        return stream.ToArray();
    }

    private static byte[] Image(string header, byte[] data)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        var prefix = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, text.Length);
        return [.. prefix, .. text, .. data];
    }
}
