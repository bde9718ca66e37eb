// What Node users would serve the model with, on the address in ASPNETCORE_URLS. Arguments: path of the ONNX model, processes, threads of a run.
import cluster from 'node:cluster';
import Fastify from 'fastify';
import * as ort from 'onnxruntime-node';
import sharp from 'sharp';

const SIDE = 256;
const LABELS = ['normal', 'bacteria', 'virus'];
const [model, processes, threads] = process.argv.slice(2);

if (cluster.isPrimary && Number(processes) > 1) {
  for (let i = 0; i < Number(processes); i++) cluster.fork();
} else {
  await serve();
}

async function serve() {
  // The cores are shared by requests: a film is decoded on one thread, and nothing is decoded twice.
  sharp.concurrency(1);
  sharp.cache(false);
  const session = await ort.InferenceSession.create(model, {
    intraOpNumThreads: Number(threads),
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: 3,
    graphOptimizationLevel: 'all',
  });
  const predict = async (body) => {
    // From a JPEG, sharp decodes no more pixels than it needs for this size.
    const pixels = await sharp(body).resize(SIDE, SIDE, { fit: 'fill' }).grayscale().raw().toBuffer();
    const films = new Float32Array(pixels.length);
    for (let i = 0; i < films.length; i++) films[i] = pixels[i] / 255;
    const { probabilities } = await session.run({ films: new ort.Tensor('float32', films, [1, 1, SIDE, SIDE]) }, ['probabilities']);
    return Object.fromEntries(LABELS.map((label, i) => [label, probabilities.data[i]]));
  };

  const app = Fastify({ bodyLimit: 64 << 20 });
  app.addContentTypeParser('image/jpeg', { parseAs: 'buffer' }, (request, body, done) => done(null, body));
  app.get('/ready', () => ({}));
  app.post('/predict', (request) => predict(request.body));
  const { hostname, port } = new URL(process.env.ASPNETCORE_URLS);
  await app.listen({ host: hostname, port: Number(port) });
}
