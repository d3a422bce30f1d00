using HybridControl.Neural.Backends;
using HybridControl.Neural.Backends.Cpu;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;
using HybridControl.Neural.Tests.TestKit;
using HybridControl.Neural.Vision;

namespace HybridControl.Neural.Tests.Vision;

public class CosineTransformTests
{
    [Test]
    public void Planes_give_the_golden_spectra_and_come_back([ValueSource(typeof(CpuBackends), nameof(CpuBackends.Names))] string backend)
    {
        var golden = new GoldenCase("heracles");
        int[] shape = golden.ShapeOf("dct.input");
        (int planes, int height, int width) = (shape[0] * shape[1], shape[2], shape[3]);
        double[] input = golden.Read("dct.input");
        using ITensorBackend made = CpuBackends.New(backend);
        var loader = new ParameterLoader(new ListedParameters(), made, WeightFormat.Int8);
        var transform = new CosineTransform(new LayerContext("dct", 0, loader, new StateLayout(), []), height, width);
        using var run = new VisionRun(loader);
        using Workspace.Scope scope = run.Begin(new SequenceShape(planes, 1), null);
        TensorView x = run.Pass.Workspace.Rent(planes, height * width);
        TensorView spectra = run.Pass.Workspace.Rent(planes, height * width);
        TensorView back = run.Pass.Workspace.Rent(planes, height * width);
        made.Upload(input, x);
        transform.Forward(run.Pass, x, spectra);
        transform.Back(run.Pass, spectra, back);
        var found = new double[input.Length];
        made.Download(spectra, found);
        Nearness.Check(Turned(found, planes, height, width), golden.Read("dct.output"), 2e-5);
        made.Download(back, found);
        Nearness.Check(found, input, 1e-6);
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(7)]
    [TestCase(56)]
    public void The_inverse_matrix_undoes_the_transform(int n)
    {
        (double[] forward, double[] inverse) = (CosineTransform.Matrix(n), CosineTransform.Inverse(n));
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double sum = Enumerable.Range(0, n).Sum(k => inverse[(i * n) + k] * forward[(k * n) + j]);
                Assert.That(sum, Is.EqualTo(i == j ? 1.0 : 0.0).Within(1e-14 * n));
            }
        }
    }

    /// <summary>Spectra are kept column after column.</summary>
    private static double[] Turned(double[] spectra, int planes, int height, int width) =>
    [
        .. from plane in Enumerable.Range(0, planes)
           from k in Enumerable.Range(0, height)
           from l in Enumerable.Range(0, width)
           select spectra[(((plane * width) + l) * height) + k],
    ];
}
