// Microsoft's echo sample for Node (samples/javascript_nodejs/02.echo-bot), on a free port whose address it prints.

const restify = require('restify');
const {
    ActivityHandler, CloudAdapter, ConfigurationBotFrameworkAuthentication, MessageFactory
} = require('botbuilder');

class EchoBot extends ActivityHandler {
    constructor() {
        super();
        this.onMessage(async (context, next) => {
            const replyText = `Echo: ${ context.activity.text }`;
            await context.sendActivity(MessageFactory.text(replyText, replyText));
            await next();
        });
    }
}

const adapter = new CloudAdapter(new ConfigurationBotFrameworkAuthentication({}));
const bot = new EchoBot();
const server = restify.createServer();
server.use(restify.plugins.bodyParser());
server.post('/api/messages', async (req, res) => {
    await adapter.process(req, res, (context) => bot.run(context));
});
server.listen(0, '127.0.0.1', () => {
    console.log(`http://127.0.0.1:${ server.address().port }/api/messages`);
});
