using HybridControl.Neural.Backends;
using HybridControl.Neural.Safetensors;
using HybridControl.Neural.Tensors;
using HybridControl.Tests.TestKit;

namespace HybridControl.Neural.Tests.Backends;

public abstract partial class BackendContract
{
    /// <summary>The bound of the README of the golden vectors for primitives, absolute and relative.</summary>
    private const double Golden = 2e-5;

    [Test]
    public void Selective_scan_gives_the_reference_numbers()
    {
        using var data = new Primitive(_subject, "selective_scan");
        (int batch, int d, int length) = data.Shape3("u");
        int n = (int)data.File("B").Shape[1];
        TensorView state = data.Matrix(batch, n * d);
        TensorView y = data.Matrix(batch * length, d);
        double[] bias = data.Numbers("delta_bias");
        var operands = new SelectiveScanOperands
        {
            X = data.Load("u", Tokens),
            Delta = data.Load("delta", values => [.. Tokens(values).Select((value, i) => value + bias[i % d])]),
            B = data.Load("B", values => Primitive.SwapInner(values, batch, n, length), columns: n),
            C = data.Load("C", values => Primitive.SwapInner(values, batch, n, length), columns: n),
            A = data.Load("A", values => Primitive.SwapInner(values, 1, d, n), columns: d),
            D = data.Load("D"),
            State = state,
            Y = y,
            Heads = 1,
        };
        _subject.SelectiveScan(new SequenceShape(batch, length), operands);
        data.Check(y, Tokens(data.Numbers("out_no_gate")), Golden);
        data.Check(state, Primitive.SwapInner(data.Numbers("last_state"), batch, d, n), Golden);
        _subject.Fill(state, 0.0);
        _subject.SelectiveScan(new SequenceShape(batch, length), operands with { Gate = data.Load("z", Tokens) });
        data.Check(y, Tokens(data.Numbers("out")), Golden);

        double[] Tokens(double[] values) => Primitive.SwapInner(values, batch, d, length);
    }

    [Test]
    public void Dual_scan_gives_the_reference_numbers()
    {
        using var data = new Primitive(_subject, "ssd");
        (SsdOperands operands, SequenceShape shape) = data.Ssd();
        _subject.Ssd(shape, operands);
        data.Check(operands.Y, data.Numbers("y"), Golden);
        data.Check(operands.State, data.Numbers("final_state"), Golden);
        _subject.Upload(data.Numbers("initial_state"), operands.State);
        _subject.Ssd(shape, operands);
        data.Check(operands.Y, data.Numbers("y_with_initial_state"), Golden);
        data.Check(operands.State, data.Numbers("final_state_with_initial_state"), Golden);
        TensorView gate = data.Load("z", columns: operands.X.Columns);
        _subject.Fill(operands.State, 0.0);
        _subject.Ssd(shape, operands with { D = data.Load("D") });
        _subject.Gate(operands.Y, Activation.Silu, gate, operands.Y);
        data.Check(operands.Y, data.Numbers("y_with_D_and_silu_z"), Golden);
    }

    [TestCase("gnorm_gate_then_norm", GateOrder.GateThenNorm, 1)]
    [TestCase("gnorm_norm_then_gate", GateOrder.NormThenGate, 1)]
    [TestCase("gnorm_grouped_gate_then_norm", GateOrder.GateThenNorm, 2)]
    public void Gated_norms_give_the_reference_numbers(string name, GateOrder order, int groups)
    {
        using var data = new Primitive(_subject, "ssd");
        (SsdOperands operands, _) = data.Ssd();
        int width = operands.X.Columns;
        TensorView x = data.Load("y", columns: width);
        _subject.Normalize(
            new NormSettings(NormKind.RootMeanSquare, 1e-5, width / groups, order), x, data.Load("norm_weight"), default, data.Load("z", columns: width), x);
        data.Check(x, data.Numbers(name), Golden);
    }

    [Test]
    public void Dual_scan_neither_overflows_nor_loses_a_spike()
    {
        using var data = new Primitive(_subject, "ssd_stress");
        (SsdOperands operands, SequenceShape shape) = data.Ssd();
        _subject.Ssd(shape, operands);
        data.CheckAgainstGreatest(operands.Y, data.Numbers("y"), 1e-4);
        data.CheckAgainstGreatest(operands.State, data.Numbers("final_state"), 1e-4);
    }

    /// <summary>A folder of the golden vectors, loaded into a back-end.</summary>
    private sealed class Primitive : IDisposable
    {
        private readonly ITensorBackend _backend;
        private readonly SafetensorsFile[] _files;
        private readonly List<TensorBuffer> _buffers = [];

        public Primitive(ITensorBackend backend, string name)
        {
            string folder = Path.Combine(ReferenceData.Folder, "neural", name);
            if (!Directory.Exists(folder))
            {
                Assert.Ignore($"There is no folder '{name}' of golden vectors.");
            }

            _backend = backend;
            _files = [SafetensorsFile.Load(Path.Combine(folder, "model.safetensors")), SafetensorsFile.Load(Path.Combine(folder, "io.safetensors"))];
        }

        /// <summary>Swaps the two inner axes of a tensor of three.</summary>
        public static double[] SwapInner(double[] values, int outer, int rows, int columns)
        {
            var swapped = new double[values.Length];
            for (int i = 0; i < values.Length; i++)
            {
                (int o, int r, int c) = (i / (rows * columns), i / columns % rows, i % columns);
                swapped[(((o * columns) + c) * rows) + r] = values[i];
            }

            Assert.That(values, Has.Length.EqualTo(outer * rows * columns));
            return swapped;
        }

        public SafetensorsEntry File(string name) => _files.Select(file => file.Find(name)).First(entry => entry is not null)!;

        public (int First, int Second, int Third) Shape3(string name) =>
            ((int)File(name).Shape[0], (int)File(name).Shape[1], (int)File(name).Shape[2]);

        public double[] Numbers(string name)
        {
            SafetensorsFile file = _files.First(file => file.Find(name) is not null);
            var values = new double[file.Find(name)!.Count];
            file.CopyTo(file.Find(name)!, values);
            return values;
        }

        public TensorView Matrix(int rows, int columns)
        {
            _buffers.Add(_backend.Allocate((long)rows * columns));
            return new TensorView(_buffers[^1], 0, rows, columns, columns);
        }

        public TensorView Load(string name, Func<double[], double[]>? arrange = null, int columns = 0)
        {
            double[] values = Numbers(name);
            columns = columns > 0 ? columns : (int)(File(name).Shape.Length == 3 ? File(name).Shape[1] : File(name).Shape[^1]);
            TensorView view = Matrix(values.Length / columns, columns);
            _backend.Upload(arrange is null ? values : arrange(values), view);
            return view;
        }

        public (SsdOperands Operands, SequenceShape Shape) Ssd()
        {
            long[] shape = [.. File("x").Shape];
            (int batch, int length, int heads, int width) = ((int)shape[0], (int)shape[1], (int)shape[2], (int)shape[3]);
            (int groups, int size) = ((int)File("B").Shape[2], (int)File("B").Shape[3]);
            return (new SsdOperands
            {
                X = Load("x", columns: heads * width),
                Delta = Load("dt", columns: heads),
                A = Load("A"),
                B = Load("B", columns: groups * size),
                C = Load("C", columns: groups * size),
                State = Matrix(batch, heads * width * size),
                Y = Matrix(batch * length, heads * width),
                Heads = heads,
                Groups = groups,
            }, new SequenceShape(batch, length));
        }

        public void Check(TensorView view, double[] expected, double bound) => Check(view, expected, value => bound * (1.0 + Math.Abs(value)));

        public void CheckAgainstGreatest(TensorView view, double[] expected, double bound)
        {
            double greatest = expected.Max(Math.Abs);
            Check(view, expected, _ => bound * greatest);
        }

        public void Dispose() => _buffers.ForEach(buffer => buffer.Dispose());

        private void Check(TensorView view, double[] expected, Func<double, double> bound)
        {
            var found = new double[view.Count];
            _backend.Download(view, found);
            Assert.That(found, Has.Length.EqualTo(expected.Length));
            for (int i = 0; i < found.Length; i++)
            {
                if (!(Math.Abs(found[i] - expected[i]) <= bound(expected[i])))
                {
                    Assert.Fail($"entry {i}: {found[i]:R} where {expected[i]:R} is expected, {bound(expected[i]):E1} apart at most");
                }
            }
        }
    }
}
